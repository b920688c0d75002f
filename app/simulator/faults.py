"""Words in a prompt that call forth faults, for trying out what happens then."""

import re
from dataclasses import dataclass

HELP = """\
Words in square brackets in a prompt call forth a fault.

While sending (accepted: the work is done and would be charged)
  [refuse N]       refused with HTTP status N and RunComfy's error body, such as
                   [refuse 402], [refuse 422] or [refuse 429] (with Retry-After)
  [retry date], [retry negative], [retry words]
                   beside a 429: its Retry-After is a date, below zero, no number
  [echo]           refused with a message that repeats the Authorization header
  [503 json]       refused with 503 and RunComfy's error body
  [200 error]      refused with 200 and an error_code
  [500]            accepted, answered with a bare 500
  [html]           accepted, answered with 200 and a web page
  [bare N]         accepted, answered with HTTP status N and an empty body
  [no id]          accepted, answered without a request_id
  [number id], [list id], [long id]
                   accepted, with a request_id that is a number, a list, 5,000 letters
  [odd id]         accepted, with a request_id of slashes, quotes, markup and other scripts
  [elsewhere]      accepted, with a status_url and others at another origin
  [oddly dressed]  accepted; this answer and those to questions are called text, set cookies and
                   have headers twice; a cookie sent back is refused
  [redirect]       accepted, answered with a redirect to another origin
  [X answer]       accepted, the answer spoilt; X is one of
    half head        cut off within its headers
    chunks cut       cut off within its chunks
    false length     of half the length that it has
    no http          a greeting in another language
    huge             200 and 64 MB
    bomb             a few kilobytes, packed, that are 64 MB
    drip             four bytes a second
    list             a list in place of an object
    deep             with 50,000 lists in each other beside it, which do no harm
  [lost answer]    accepted, then the connection is cut without an answer
  [cut off]        accepted, then the answer is cut off midway
  [answers N]      accepted, or refused beside a [refuse N], but answered after N seconds
  [slow answer]    accepted, answered after 12 seconds
  [hang]           accepted, answered after 120 seconds

While waiting
  [slow]           takes ten times as long
  [takes N]        no queue, and ends N seconds after it was accepted
  [held]           waits in the queue until POST /go-on/{request_id} lets it run, and runs
                   until a second one ends it
  [never]          never ends
  [backwards]      goes back to the queue in the middle of its run
  [odd status]     an unknown word in place of in_progress
  [odd position]   an absurd queue_position
  [cancel late]    can never be cancelled
  [status N]       HTTP status N for each question until its time is up, and for 2 seconds
                   at least; [status 429] has Retry-After, [status 404] never ends
  [status html], [status empty], [status cut off], [status lost]
                   the same with a web page, no body, half a body, no answer
  [status redirect]
                   the same with a redirect to another origin
  [status wrong]   the same with wrong types: a number for the word, a text for the place
  [status X]       the same, spoilt as above
  [status error]   200 with an error_code, for ever
  [cancel N], [cancel lost], [cancel html]
                   cancelling is answered with HTTP status N, not at all, with a web page

At the end
  [fail]           fails midway, the error an object
  [fail late], [nsfw]
                   fails at the very end: NSFW content detected
  [succeeded]      ends as SUCCEEDED in place of completed
  [early result]   completed, but the result answers 400 until 3 seconds later
  [garbled result] completed, but the result is a web page until 3 seconds later
  [empty]          completed with the output {}
  [text result]    completed with words in place of an address
  [null output], [number output], [list output]
                   completed with null, 5, a list of the files' addresses
  [odd output]     completed with null, a number and an empty object among the addresses
  [result X]       the result spoilt as above until 3 seconds later
  [odd cost]       completed with a cost that is no number

The files (each file of an output, but for [mixed])
  [missing file]   404
  [held file]      404 until POST /go-on/{request_id}
  [late file]      404 until 20 seconds after the end
  [flaky file]     503 until 3 seconds after the end
  [broken file]    cut off midway
  [empty file]     no bytes
  [slow file]      four kilobytes a second
  [svg]            an SVG drawing with a script in it
  [html file]      a web page that calls itself a PNG
  [bomb]           a small PNG that declares 50,000 x 50,000 pixels
  [huge]           a file that goes on up to 3 GB
  [file N]         HTTP status N
  [chunks cut file], [false length file]
                   cut off within its chunks; of half the length that it has
  [moved file]     a redirect to the file itself
  [redirected file], [circling file]
                   a redirect to another origin; one in circles
  [typed file]     called a web page, with a name full of dots and slashes and with a cookie
  [foreign file], [port file], [user file], [scheme file]
                   the output's address lies on another host, at another port, holds a name
                   and a password, begins with file:
  [mixed]          the second file of several is missing
"""

NSFW = "NSFW content detected in output image. Request blocked by safety checker."

_WORD = re.compile(r"\[([a-z0-9][a-z0-9 .]{0,24})\]", re.IGNORECASE)
_NUMBERED = re.compile(r"(refuse|bare|answers|status|cancel|file|takes) ([0-9]+(?:\.[0-9]+)?)$")


@dataclass(frozen=True)
class Faults:
    """The faults one prompt calls for."""

    words: frozenset[str]
    numbers: dict[str, float]

    def __contains__(self, word: object) -> bool:
        return word in self.words

    def number(self, word: str) -> float | None:
        """N of `[word N]`."""
        return self.numbers.get(word)

    def http_status(self, word: str, *, least: int = 400) -> int | None:
        """N of `[word N]` where it is a status an answer can have."""
        number = self.numbers.get(word)
        return int(number) if number is not None and least <= number <= 599 else None

    def spoilt(self, phase: str) -> str:
        """X of `[X answer]` or of `[phase X]`; empty where there is none."""
        if phase == "answer":
            return next((word[:-7] for word in self.words if word.endswith(" answer")), "")
        start = f"{phase} "
        return next((word[len(start) :] for word in self.words if word.startswith(start)), "")


def called(prompt: object) -> Faults:
    """Find the words in a prompt; what is no string calls for nothing."""
    if not isinstance(prompt, str):
        return Faults(frozenset(), {})
    words = {" ".join(word.lower().split()) for word in _WORD.findall(prompt)}
    numbers = {}
    for word in words:
        numbered = _NUMBERED.match(word)
        if numbered:
            numbers[numbered[1]] = float(numbered[2])
    return Faults(frozenset(words), numbers)
