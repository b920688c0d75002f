"""Sample pictures: what stands on the start page and on a model's card before it has made any."""

import zlib

# Name, width, height and what is to be seen.
SHOWN = (
    ("casa-pink.webp", 640, 360, "Sunlit courtyard with a pool"),
    ("silk-ultra.webp", 640, 640, "Folds of glossy fabric"),
    ("still-tall.webp", 480, 640, "Still life: roses in a vase beside a ceramic cup"),
    ("product-coral.webp", 640, 480, "Product shot on coloured plinths"),
    ("peaks-teal.webp", 427, 640, "Mountain ridges in haze"),
    ("sea-dusk.webp", 640, 360, "Sun low over the sea"),
    ("cornflowers.webp", 480, 640, "Blue flowers in a field"),
    ("casa-white.webp", 640, 640, "Sunlit courtyard with a pool"),
    ("aurora-green.webp", 640, 360, "Northern lights over a treeline"),
)
_SHIPPED = {
    "blackforestlabs/flux-2/flash/text-to-image": "still-flash-amber.webp",
    "blackforestlabs/flux-2/pro/edit": "still-flash-plaster.webp",
}
_OTHERS = (
    "sea-night.webp",
    "dunes-gold.webp",
    "poppies.webp",
    "silk-ultra.webp",
    "casa-pink.webp",
    "peaks-teal.webp",
    "product-coral.webp",
    "aurora-green.webp",
    "sea-dusk.webp",
    "cornflowers.webp",
    "casa-white.webp",
    "still-tall.webp",
)


def face(model_id: str) -> str:
    """The sample picture on a model's card: always the same for the same model."""
    if model_id in _SHIPPED:
        return _SHIPPED[model_id]
    return _OTHERS[zlib.crc32(model_id.encode()) % len(_OTHERS)]
