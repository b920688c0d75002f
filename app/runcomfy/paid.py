"""A paid request as it will leave: its bytes are made once, before anything is claimed."""

import hashlib
import json
from dataclasses import dataclass

from app.runcomfy.models import is_model_id, model_path
from app.runcomfy.reading import JsonObject
from app.runcomfy.trouble import NothingSent


@dataclass(frozen=True, slots=True)
class PaidRequest:
    """Where it goes, from `/`, and exactly what becomes the body."""

    path: str
    body: bytes

    @property
    def sha256(self) -> str:
        """The body's hash: the same inputs give the same."""
        return hashlib.sha256(self.body).hexdigest()


def paid_request(model_id: str, inputs: JsonObject) -> PaidRequest:
    """Write a run's inputs down as RunComfy will get them. Raises NothingSent: they cannot be."""
    if not is_model_id(model_id):
        raise NothingSent("Nothing was sent: this is not the name of a model.")
    try:
        body = json.dumps(inputs, ensure_ascii=False, allow_nan=False).encode()
    # Half a character pair, a number that is not finite, no JSON type, thousands of levels.
    except (ValueError, TypeError, RecursionError) as error:
        raise NothingSent("Nothing was sent: a value cannot be written as JSON.") from error
    return PaidRequest(model_path(model_id), body)
