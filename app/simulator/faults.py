"""Words in a prompt that call forth faults, for trying out what happens then."""

import re
from dataclasses import dataclass

HELP = """\
Words in square brackets in a prompt call forth a fault.

While sending (accepted: the work is done and would be charged)
  [refuse N]       refused with HTTP status N and RunComfy's error body, such as
                   [refuse 402], [refuse 422] or [refuse 429] (with Retry-After)
  [echo]           refused with a message that repeats the Authorization header
  [503 json]       refused with 503 and RunComfy's error body
  [200 error]      refused with 200 and an error_code
  [500]            accepted, answered with a bare 500
  [html]           accepted, answered with 200 and a web page
  [no id]          accepted, answered without a request_id
  [redirect]       accepted, answered with a redirect to another host
  [huge answer]    accepted, answered with 200 and 64 MB
  [lost answer]    accepted, then the connection is cut without an answer
  [cut off]        accepted, then the answer is cut off midway
  [answers N]      accepted, answered after N seconds
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
  [status error]   200 with an error_code, for ever

At the end
  [fail]           fails midway, the error an object
  [fail late], [nsfw]
                   fails at the very end: NSFW content detected
  [succeeded]      ends as SUCCEEDED in place of completed
  [early result]   completed, but the result answers 400 until 3 seconds later
  [garbled result] completed, but the result is a web page until 3 seconds later
  [empty]          completed with the output {}
  [text result]    completed with words in place of an address
  [odd cost]       completed with a cost that is no number

The files (each file of an output, but for [mixed])
  [missing file]   404
  [late file]      404 until 20 seconds after the end
  [flaky file]     503 until 3 seconds after the end
  [broken file]    cut off midway
  [empty file]     no bytes
  [slow file]      four kilobytes a second
  [svg]            an SVG drawing with a script in it
  [html file]      a web page that calls itself a PNG
  [bomb]           a small PNG that declares 50,000 x 50,000 pixels
  [huge]           a file that goes on up to 3 GB
  [foreign file]   the output's address lies on another host
  [mixed]          the second file of several is missing
"""

NSFW = "NSFW content detected in output image. Request blocked by safety checker."

_WORD = re.compile(r"\[([a-z0-9][a-z0-9 .]{0,24})\]", re.IGNORECASE)
_NUMBERED = re.compile(r"(refuse|answers|status|takes) ([0-9]+(?:\.[0-9]+)?)$")


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

    def http_status(self, word: str) -> int | None:
        """N of `[word N]` where it is a status an answer can have."""
        number = self.numbers.get(word)
        return int(number) if number is not None and 400 <= number <= 599 else None


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
