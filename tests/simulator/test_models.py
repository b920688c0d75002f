"""The catalogue."""

from tests.simulator.conftest import EDIT, FLASH, Caller


async def test_the_catalogue_is_listed_page_by_page(instant: Caller) -> None:
    whole = (await instant.http.get("/v1/models")).json()
    first = (await instant.http.get("/v1/models?limit=2")).json()
    rest = (await instant.http.get("/v1/models?limit=50&offset=2")).json()

    assert first["models"] + rest["models"] == whole["models"]
    assert first["total"] == whole["total"] == len(whole["models"])
    assert [model["model_id"] for model in first["models"]] == [FLASH, EDIT]
    assert all("input_schema" not in model for model in whole["models"])


async def test_models_are_found_by_words_and_by_category(instant: Caller) -> None:
    found = (await instant.http.get("/v1/models?search=FLUX+edit")).json()
    video = (await instant.http.get("/v1/models?category=text-to-video")).json()
    nothing = (await instant.http.get("/v1/models?kind=lora")).json()

    assert [model["model_id"] for model in found["models"]] == [EDIT]
    assert [model["model_id"] for model in video["models"]] == ["simulated/moving/text-to-video"]
    assert nothing == {"models": [], "total": 0}


async def test_categories_are_not_taken_for_a_model(instant: Caller) -> None:
    answer = (await instant.http.get("/v1/models/categories")).json()

    assert answer["categories"][:2] == ["text-to-image", "image-to-image"]


async def test_a_model_tells_its_price_and_its_schema_in_the_published_dialect(
    instant: Caller,
) -> None:
    flash = (await instant.http.get(f"/v1/models/{FLASH}")).json()

    properties = flash["input_schema"]["properties"]
    assert (flash["base_price_usd"], flash["price_unit"]) == (0.005, "output")
    assert properties["guidance_scale"]["type"] == "float"
    assert properties["seed"]["default"] is None
    assert flash["input_schema"]["required"] == ["prompt"]


async def test_an_example_picture_lies_at_the_simulator_itself(instant: Caller) -> None:
    edit = (await instant.http.get(f"/v1/models/{EDIT}")).json()

    (address,) = edit["input_schema"]["properties"]["image_urls"]["default"]
    assert address.startswith(str(instant.http.base_url))
    assert (await instant.http.get(address)).headers["content-type"] == "image/jpeg"


async def test_listing_with_schemas_gives_what_each_model_gives(instant: Caller) -> None:
    listed = (await instant.http.get("/v1/models?include_schema=true")).json()["models"]

    for model in listed:
        assert (await instant.http.get(f"/v1/models/{model['model_id']}")).json() == model
