"""What an answer means: for the paid request, and for a question."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from app.outside.unpacking import Unreadable
from app.runcomfy.answers import Submitted, error_code_in, submitted_in, words_in
from app.runcomfy.exchange import Answer
from app.runcomfy.reading import JsonValue, Mask, excerpt_of, json_in
from app.runcomfy.trouble import Doubtful, Failed, Gone, Passing, Refused

# Larger JSON is read in a thread, so that pages go on answering meanwhile.
READ_IN_PLACE_BYTES = 256 * 1024
# 400004: token missing or expired, account inactive (docs.runcomfy.com/error-codes); 401001 the
# same in the serverless product. Not the run's fault: a mended token mends it.
TOKEN_CODES = (400004, 401001)


@dataclass(frozen=True, slots=True)
class Said:
    """An answer understood as far as possible, the token masked.

    json: None when `flaw` says why there is none. excerpt: the start of the text.
    """

    http_status: int
    retry_after_seconds: float | None
    size_bytes: int
    json: JsonValue
    flaw: str | None
    excerpt: str

    @property
    def good(self) -> bool:
        """A success code; the body may be anything."""
        return 200 <= self.http_status < 300

    @property
    def words(self) -> str:
        """RunComfy's own words, else the code and the start of the text."""
        own = words_in(self.json)
        if own:
            return own
        text = f": {self.excerpt}" if self.excerpt else ", with no words."
        return f"RunComfy answered {self.http_status}{text}"


async def heard(answer: Answer, mask: Mask) -> Said:
    """Read an answer's JSON and text."""
    value: JsonValue = None
    flaw = answer.flaw
    if flaw is None:
        try:
            if len(answer.body) > READ_IN_PLACE_BYTES:
                value = await asyncio.to_thread(json_in, answer.body, mask)
            else:
                value = json_in(answer.body, mask)
        except Unreadable as error:
            flaw = str(error) if answer.body else "it is empty"
    return Said(
        http_status=answer.http_status,
        retry_after_seconds=answer.retry_after_seconds,
        size_bytes=len(answer.body),
        json=value,
        flaw=flaw,
        excerpt=excerpt_of(answer.body, mask),
    )


def judge_submit(said: Said) -> Submitted:
    """Tell whether the paid request was taken, refused, or nobody knows; by code and shape alone.

    Raises Refused or Doubtful.
    """
    code = error_code_in(said.json)
    refused = 400 <= said.http_status < 500 and said.http_status != 408
    if refused or (code is not None and said.good) or _is_own_server_error(said):
        raise Refused(said.words, said.http_status, code, said.retry_after_seconds)
    submitted = submitted_in(said.json)
    if said.good and submitted is not None:
        return submitted
    if said.good:
        flaw = said.flaw or "it names no request"
        words = f"RunComfy answered {said.http_status}, but its answer cannot be used: {flaw}."
        raise Doubtful(words, said.http_status, said.excerpt)
    raise Doubtful(said.words, said.http_status, said.excerpt)


def judge_read(said: Said, gone_codes: Sequence[int] = ()) -> None:
    """Let a usable answer to a question pass. Raises Passing, Gone or Failed.

    gone_codes: error codes of a 4xx that say, as a 404 does, that there is no such thing.
    """
    code = error_code_in(said.json)
    wait = said.retry_after_seconds
    if not said.good or code in TOKEN_CODES:
        unknown = said.http_status == 404 and words_in(said.json) is not None
        unknown = unknown or (400 <= said.http_status < 500 and code in gone_codes)
        if unknown and code not in TOKEN_CODES:
            raise Gone(said.words, said.http_status)
        raise Passing(said.words, said.http_status, wait)
    if said.flaw is not None:
        words = f"RunComfy's answer cannot be used: {said.flaw}."
        raise Passing(words, said.http_status, wait)
    if code is not None:
        raise Failed(said.words, said.http_status, code)


def _is_own_server_error(said: Said) -> bool:
    # `message` alone is what a gateway writes when the server behind it was too slow to answer,
    # and that server may have taken the run.
    message = said.json.get("error_message") if isinstance(said.json, dict) else None
    has_words = isinstance(message, str) and message.strip() != ""
    return said.http_status >= 500 and (has_words or error_code_in(said.json) is not None)
