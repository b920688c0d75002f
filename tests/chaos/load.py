"""A steady load of submits over HTTP, by people who press again when no answer comes."""

import asyncio
from random import Random

import httpx

from tests.chaos.orders import Order, drawn
from tests.chaos.places import Place
from tests.support.plain import PLAIN

_BURSTS_A_SECOND = 1.0
_MOST_IN_A_BURST = 4
_PRESS_AGAIN_SECONDS = 0.3
MODEL = "meadow/aster-2/studio/text-to-image"
_TARGET = f"/models/{MODEL}/runs"
# So small that drawing and shrinking it costs next to nothing.
_SMALL = {"image_size": "custom", "image_size.width": "64", "image_size.height": "64"}


class Load:
    """Presses the button in bursts until it is told to stop."""

    def __init__(self, place: Place, chance: Random) -> None:
        self.orders: list[Order] = []
        self.odd_answers: list[str] = []
        self.pressed = asyncio.Event()
        self._place, self._chance = place, chance
        self._waiting: set[asyncio.Task[None]] = set()
        limits = httpx.Limits(max_connections=100, max_keepalive_connections=0)
        self._client = httpx.AsyncClient(**PLAIN, timeout=60, limits=limits)

    async def press_on(self) -> None:
        """Send bursts of orders; runs until it is cancelled."""
        while True:
            await asyncio.sleep(self._chance.expovariate(_BURSTS_A_SECOND))
            if not any(replica.is_up for replica in self._place.replicas):
                continue
            self.pressed.set()
            for _ in range(self._chance.randint(1, _MOST_IN_A_BURST)):
                self._press(drawn(self._chance, len(self.orders)))

    async def answered(self) -> None:
        """Wait until every order has been answered."""
        await asyncio.gather(*self._waiting)
        await self._client.aclose()

    def _press(self, order: Order) -> None:
        self.orders.append(order)
        task = asyncio.create_task(self._send(order))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def _send(self, order: Order) -> None:
        """Send an order until it is answered; its key makes one run of however many times."""
        form = {"prompt": order.prompt, "_key": order.key, **_SMALL}
        while order.run_id is None:
            replica = self._chance.choice(self._place.replicas)
            try:
                answer = await self._client.post(replica.address + _TARGET, data=form)
            except httpx.TransportError:
                await asyncio.sleep(_PRESS_AGAIN_SECONDS)
                continue
            if answer.status_code == httpx.codes.SEE_OTHER:
                order.run_id = answer.headers["location"].rsplit("/", 1)[-1]
            elif answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                await asyncio.sleep(_PRESS_AGAIN_SECONDS)
            else:
                self.odd_answers.append(f"{order.prompt}: answered {answer.status_code}")
                return
