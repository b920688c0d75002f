"""Two servers on one database: either may be asked, and either may go at any instant."""

import os
import re
import signal
import threading
from collections.abc import Sized
from functools import partial

import httpx

from tests.support.pair import Pair, within
from tests.support.plain import PLAIN
from tests.support.playground import FLASH

MANY_INPUTS = "paperlantern/invitation/text-to-image"
TAKEOVER_SECONDS = 15


def test_a_page_at_the_other_server_sees_every_change(pair: Pair) -> None:
    first, second = pair.servers
    run_id = pair.submit(first, "seen from both [held]")
    pair.until(second, run_id, "queued")
    page = pair.ask(second, f"/runs/{run_id}", **{"HX-Request": "true"}).text
    seen = re.search(r"seen=(\d+)", page)
    assert seen
    unchanged = pair.ask(second, f"/runs/{run_id}?seen={seen[1]}", **{"HX-Request": "true"})

    pair.go_on("seen from both [held]", times=2)

    assert unchanged.status_code == 204
    for server in pair.servers:
        assert pair.until(server, run_id) == "completed"
        assert run_id in pair.ask(server, f"/models/{FLASH}").text
    assert len(pair.sent("seen from both [held]")) == 1


def test_what_is_kept_in_memory_is_heard_of_by_the_other_server(pair: Pair) -> None:
    first, second = pair.servers
    is_open = '<details class="more" open'

    def as_left(opened: bool) -> bool:
        return (is_open in pair.ask(second, f"/models/{MANY_INPUTS}").text) is opened

    for told, opened in (("open", True), ("", False)):
        httpx.post(f"{first.address}/remembered", data={"more_settings": told}, **PLAIN)
        within(10, partial(as_left, opened), "the other server's page as it was left")


def test_a_killed_servers_runs_are_taken_over_and_nothing_is_sent_twice(pair: Pair) -> None:
    prompts = [f"outlives its server {number} [held]" for number in range(6)]
    hanging = pair.submit(pair.servers[0], "never answered [hang]")
    within(20, lambda: bool(pair.sent("never answered [hang]")), "the hanging request")
    killed = pair.sender_of(hanging)
    left = pair.other(killed)
    run_ids = [pair.submit(killed, prompt) for prompt in prompts]
    for run_id in run_ids:
        pair.until(left, run_id, "queued")

    killed.kill()
    for prompt in prompts:
        pair.go_on(prompt, times=2)

    # What the killed one was sending is in doubt as soon as it is taken over.
    assert pair.until(left, hanging, seconds=TAKEOVER_SECONDS) == "unknown"
    for run_id in run_ids:
        assert pair.until(left, run_id, seconds=TAKEOVER_SECONDS) == "completed"
    for prompt in (*prompts, "never answered [hang]"):
        assert len(pair.sent(prompt)) == 1


def test_a_server_that_was_frozen_sends_nothing_and_ends_itself(pair: Pair) -> None:
    run_id = pair.submit(pair.servers[0], "followed by the frozen one [held]")
    pair.until(pair.servers[0], run_id, "queued")
    frozen = pair.sender_of(run_id)
    other = pair.other(frozen)

    os.kill(frozen.process_id, signal.SIGSTOP)
    within(TAKEOVER_SECONDS, lambda: pair.state_of(frozen) == "gone", "given up for dead")
    meanwhile = [pair.submit(other, f"sent meanwhile {number} [takes 0]") for number in range(3)]
    pair.go_on("followed by the frozen one [held]", times=2)
    for one in (run_id, *meanwhile):
        assert pair.until(other, one) == "completed"
    os.kill(frozen.process_id, signal.SIGCONT)

    assert frozen.wait(20) == 1
    assert "the others have taken over its runs; it stops" in frozen.log
    for prompt in (
        "followed by the frozen one [held]",
        *(f"sent meanwhile {n} [takes 0]" for n in range(3)),
    ):
        assert len(pair.sent(prompt)) == 1


def test_a_rolling_restart_under_load_loses_nothing(pair: Pair) -> None:
    sent: dict[str, str] = {}
    enough = threading.Event()

    def submit_forever() -> None:
        number = 0
        while not enough.wait(0.8):
            prompt = f"rolling {number} [takes 1]"
            for server in pair.servers:
                # As a balancer does: where nobody listens, the other is asked.
                try:
                    sent[prompt] = pair.submit(server, prompt)
                    break
                except httpx.ConnectError:
                    continue
            number += 1

    load = threading.Thread(target=submit_forever)
    load.start()
    try:
        codes = []
        for server in pair.servers:
            wanted = len(sent) + 3
            within(10, partial(_more_than, sent, wanted), "submits")
            codes.append(server.stop())
            server.start()
    finally:
        enough.set()
        load.join()

    assert codes == [0, 0]
    for prompt, run_id in sent.items():
        assert pair.until(pair.servers[0], run_id) == "completed"
        assert len(pair.sent(prompt)) == 1


def _more_than(some: Sized, count: int) -> bool:
    return len(some) > count
