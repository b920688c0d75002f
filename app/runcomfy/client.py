"""What RunComfy can be asked: submit, status, result, cancel, and its catalogue."""

from decimal import Decimal
from urllib.parse import quote

from app.runcomfy.answers import (
    CancelAnswer,
    Result,
    Status,
    Submitted,
    cancel_answer_in,
    is_request_id,
    result_in,
    status_in,
)
from app.runcomfy.asking import Questions, told
from app.runcomfy.exchange import NoAnswer, NotConnected
from app.runcomfy.health import Health
from app.runcomfy.models import (
    Listing,
    ModelEntry,
    is_model_id,
    model_in,
    model_path,
    models_in,
    samples_in,
)
from app.runcomfy.paid import PaidRequest
from app.runcomfy.purse import Purse
from app.runcomfy.reading import Mask
from app.runcomfy.transport import Transport
from app.runcomfy.trouble import Doubtful, Failed, Gone, NothingSent, Passing
from app.runcomfy.verdicts import heard, judge_submit
from app.settings import is_loopback

SUBMIT_BYTES = 1024 * 1024
STATUS_BYTES = 256 * 1024
RESULT_BYTES = 8 * 1024 * 1024
CATALOGUE_BYTES = 64 * 1024 * 1024
CATALOGUE_PAGES = 200
MODELS_A_PAGE = 100
# Bad request id; request of another account; not found, deleted or expired
# (docs.runcomfy.com/error-codes). A result asked for too early may be a 400 too: only a status
# answer with these is believed.
GONE_CODES = (400001, 403001, 404001)


class RunComfy:
    """RunComfy over HTTP. Questions may be repeated; `submit` and `cancel` send exactly once.

    `health` says whether RunComfy answers at present.
    """

    def __init__(
        self,
        *,
        base_url: str,
        token: str | None,
        connect_seconds: float = 10.0,
        write_seconds: float = 60.0,
        read_seconds: float = 30.0,
        submit_seconds: float = 60.0,
        retry_seconds: float = 0.5,
    ) -> None:
        """base_url: https, or plain http on this machine, where the token may be None.

        write_seconds: the longest wait for 64 kB to leave. read_seconds, submit_seconds: for a
        whole question, a whole submit. retry_seconds: the first wait before the catalogue is
        asked again. Raises ValueError for an address or a token that cannot be used.
        """
        self.health = Health()
        self._transport = Transport(
            base_url=base_url,
            token=token,
            health=self.health,
            connect_seconds=connect_seconds,
            write_seconds=write_seconds,
        )
        self._purse = Purse(self._transport.url, token)
        self._mask = Mask(token)
        self._submit_seconds = submit_seconds
        self._questions = Questions(
            self._transport, self._mask, seconds=read_seconds, retry_seconds=retry_seconds
        )

    async def submit(self, paid: PaidRequest) -> Submitted:
        """Send the paid request, once: whatever comes back, it is not sent again from here.

        Raises NothingSent when no connection was made, Refused or Doubtful.
        """
        try:
            answer = await self._transport.ask(
                "submit",
                paid.path,
                post=paid.body,
                limit_bytes=SUBMIT_BYTES,
                seconds=self._submit_seconds,
            )
        except NotConnected as error:
            raise NothingSent(f"Nothing was sent. {error}") from error
        except NoAnswer as error:
            raise Doubtful(str(error)) from error
        said = await heard(answer, self._mask)
        with self.health.hour.noting():
            return judge_submit(said)

    async def status(self, request_id: str) -> Status:
        """Ask how far a run is. Raises Passing, Gone, or Failed for an error code."""
        path = f"{_request_path(request_id)}/status"
        said = await self._questions.ask(
            "status", path, limit_bytes=STATUS_BYTES, gone_codes=GONE_CODES
        )
        return told(status_in, said)

    async def result(self, request_id: str) -> Result:
        """Ask for a run's result and cost. Raises Passing, Gone, or Failed for an error code.

        A result that is not finished yet is an answer like any other.
        """
        path = f"{_request_path(request_id)}/result?include_cost=true"
        return told(result_in, await self._questions.ask("result", path, limit_bytes=RESULT_BYTES))

    async def cancel(self, request_id: str) -> CancelAnswer:
        """Ask RunComfy to cancel a queued run. Raises Passing, Gone or Failed: it goes on then."""
        path = f"{_request_path(request_id)}/cancel"
        said = await self._questions.ask("cancel", path, limit_bytes=STATUS_BYTES, post=b"")
        return told(cancel_answer_in, said)

    async def models(self) -> Listing:
        """Read the whole catalogue, page by page, in its order; odd entries are left out.

        Raises Passing or Failed when a page cannot be had after three attempts.
        """
        found: dict[str, ModelEntry] = {}
        offset, left_bytes = 0, CATALOGUE_BYTES
        whole = False
        for _ in range(CATALOGUE_PAGES):
            path = f"/v1/models?include_schema=true&limit={MODELS_A_PAGE}&offset={offset}"
            said = await self._questions.ask_patiently("models", path, limit_bytes=left_bytes)
            entries, total = told(models_in, said)
            models = [model for entry in entries if (model := model_in(entry))]
            # A server that knows no offset would give its first page for ever.
            repeated = bool(models) and all(model.model_id in found for model in models)
            for model in models:
                found.setdefault(model.model_id, model)
            offset += len(entries)
            left_bytes -= said.size_bytes
            whole = total is None or offset >= total
            if not entries or repeated or (total is not None and whole):
                break
        else:
            whole = False
        return Listing(list(found.values()), whole)

    async def model(self, model_id: str) -> ModelEntry:
        """Read one model of the catalogue. Raises Gone when RunComfy has none of this name."""
        if not is_model_id(model_id):
            raise Gone("This is not the name of a model.")
        path = f"{model_path(model_id)}?include_schema=true"
        said = await self._questions.ask_patiently("model", path, limit_bytes=RESULT_BYTES)
        model = model_in(said.json)
        if model is None:
            raise Passing("RunComfy's answer cannot be used: it describes no model.", 200)
        return model

    async def samples(self) -> list[str]:
        """The simulator's sample pictures. RunComfy itself has none and is not asked."""
        url = self._transport.url
        if not is_loopback(url.host):
            return []
        try:
            said = await self._questions.ask(
                "samples", "/samples", limit_bytes=STATUS_BYTES, with_token=False
            )
        except (Passing, Gone, Failed):
            return []
        origin = f"{url.scheme}://{url.netloc.decode()}"
        return samples_in(said.json, origin) if isinstance(said.json, dict) else []

    async def balance(self) -> Decimal | None:
        """What is left in the account, in US dollars; None where it cannot be read."""
        return await self._purse.balance()

    async def check(self) -> str:
        """Ask the catalogue for one model; a sentence when it answers, else Passing or Failed."""
        said = await self._questions.ask("check", "/v1/models?limit=1", limit_bytes=RESULT_BYTES)
        _, total = told(models_in, said)
        counted = "its catalogue" if total is None else f"a catalogue of {total} models"
        return f"RunComfy answers at {self._transport.url} with {counted}."

    async def aclose(self) -> None:
        """Close every connection."""
        await self._purse.aclose()
        await self._transport.aclose()


def _request_path(request_id: str) -> str:
    if not is_request_id(request_id):
        raise ValueError("a request id of 1 to 200 visible characters is needed")
    return f"/v1/requests/{quote(request_id, safe='')}"
