"""RunComfy's answers, in the shapes it gives them."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.responses import JSONResponse, PlainTextResponse, Response

from app.simulator import faults, outputs, wire
from app.simulator.ledger import Accepted
from app.simulator.models import JsonObject
from app.simulator.spoilt import oddly_dressed, spoilt
from app.simulator.timing import Standing, Times

NOT_FOUND, INVALID, UNAUTHORISED, NO_BALANCE = 404001, 422001, 401001, 400002
ODD = "/../\"<b>&\u00e9\U0001f98a%2F?#'"
"""What follows a request's own id where the prompt calls for an odd one."""
_PAGE = "<!doctype html><title>Gateway</title><h1>Something stands between you and the API</h1>"


def error(
    status: int,
    words: str,
    code: int | None = None,
    detail: list[JsonObject] | None = None,
    *,
    retry_after: str = "2",
) -> Response:
    """An error as RunComfy writes it.

    code: its own number, by default made from the status. retry_after: told with a 429.
    """
    body: JsonObject = {"error_code": code or status * 1000 + 1, "error_message": words}
    if detail is not None:
        body["detail"] = detail
    headers = {"retry-after": retry_after} if status == 429 else None
    return JSONResponse(body, status, headers)


def not_found(what: str) -> Response:
    return error(404, f"{what} not found, deleted or expired.", NOT_FOUND)


def page(status: int = 200) -> Response:
    return Response(_PAGE, status, media_type="text/html")


def links(request: Accepted, origin: str) -> JsonObject:
    shown_id = request.request_id + (ODD if "odd id" in request.faults else "")
    address = f"{origin}/v1/requests/{quote(shown_id, safe='')}"
    if "elsewhere" in request.faults:
        address = f"{another(origin)}/{request.request_id}"
    return {
        "request_id": shown_id,
        "status_url": f"{address}/status",
        "result_url": f"{address}/result",
        "cancel_url": f"{address}/cancel",
    }


def another(origin: str) -> str:
    """An address at another origin, where whoever comes is written down."""
    return f"http://localhost:{urlsplit(origin).port or 80}/elsewhere"


def status(request: Accepted, stands: Standing, origin: str) -> JsonObject:
    shown = links(request, origin)
    body: JsonObject = {"request_id": shown["request_id"], "status": word(request, stands)}
    if stands.queue_position is not None:
        odd = "odd position" in request.faults
        body["queue_position"] = -(10**30) if odd else stands.queue_position
    body["status_url"], body["result_url"] = shown["status_url"], shown["result_url"]
    if stands.status == "failed":
        body["error"] = failure(request)
    return body


def dressed(request: Accepted, body: JsonObject) -> Response:
    return oddly_dressed(body) if "oddly dressed" in request.faults else JSONResponse(body)


def word(request: Accepted, stands: Standing) -> str:
    if "odd status" in request.faults and stands.status == "in_progress":
        return "reticulating"
    if "succeeded" in request.faults and stands.status == "completed":
        return "SUCCEEDED"
    return stands.status


def failure(request: Accepted) -> JsonObject | str:
    if request.faults.words & {"fail late", "nsfw"}:
        return faults.NSFW
    return {"type": "worker_error", "message": "The simulator failed because the prompt said so."}


def result(
    request: Accepted, stands: Standing, known: Times, origin: str, *, with_cost: bool
) -> JsonObject:
    """The result; of a request that has not ended, only how it stands."""
    shown_id = links(request, origin)["request_id"]
    body: JsonObject = {"request_id": shown_id, "status": word(request, stands)}
    if not stands.ended:
        return body
    body["model_id"] = request.model_id
    body["created_at"], body["finished_at"] = _moment(known.came), _moment(known.ends)
    if stands.status == "failed":
        body["error"] = failure(request)
    if stands.status != "completed":
        return body
    body["output"] = _output(request, origin)
    cost = request.cost_usd
    if with_cost and "odd cost" in request.faults:
        body["cost"] = "a trifle"
    elif with_cost and cost is not None:
        body["cost"] = cost
    return body


def _output(request: Accepted, origin: str) -> Any:
    called = request.faults
    if "empty" in called:
        return {}
    if "text result" in called:
        return {"image": "A picture that was described rather than drawn."}
    if called.words & {"null output", "number output"}:
        return None if "null output" in called else 5
    files = f"{_files_origin(request, origin)}/files/{request.request_id}"
    listed = [f"{files}/{name}" for name in outputs.names(request)]
    if "list output" in called:
        return listed
    if "odd output" in called:
        return {"images": [None, 5, *listed, {}]}
    return outputs.output(request, listed)


def _files_origin(request: Accepted, origin: str) -> str:
    called, address = request.faults, urlsplit(origin)
    if "foreign file" in called:
        return "https://files.example.invalid"
    if "port file" in called:
        return f"http://{address.hostname}:{(address.port or 80) + 1}"
    if "user file" in called:
        return f"http://somebody:secret@{address.netloc}"
    return "file:///etc" if "scheme file" in called else origin


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def troubled_status(
    request: Accepted, known: Times, now: float, body: JsonObject
) -> Response | None:
    """The answer to a question about how it stands, where the prompt calls for trouble.

    body: what it would be otherwise.
    """
    called = request.faults
    code = called.http_status("status")
    if code == 404:
        return not_found("Request")
    if "status error" in called:
        return JSONResponse({"error_code": 500001, "error_message": "The request broke."})
    if now >= known.trouble_ends:
        return None
    if code is not None:
        words = f"Told by the prompt to answer {code}."
        return error(code, words, retry_after=_retry_after(called))
    if "status html" in called:
        return page()
    if "status empty" in called:
        return PlainTextResponse("", media_type="application/json")
    if "status lost" in called:
        return wire.NoAnswer()
    if "status cut off" in called:
        return wire.CutOff('{"request_id":"' + request.request_id + '","status":"in_queue"}')
    if "status redirect" in called:
        return Response(status_code=302, headers={"location": another(request.origin)})
    if "status wrong" in called:
        return JSONResponse({**body, "status": 5, "queue_position": "first"})
    return spoilt(called.spoilt("status"), body)


def troubled_result(
    request: Accepted, known: Times, now: float, body: JsonObject
) -> Response | None:
    """The same for a question about the result."""
    late = now < known.ends + 3
    if late and "early result" in request.faults:
        return error(400, "The result is not ready yet.")
    if late and now >= known.ends and "garbled result" in request.faults:
        return page()
    if late and now >= known.ends and request.faults.spoilt("result"):
        return spoilt(request.faults.spoilt("result"), body)
    return troubled_status(request, known, now, body)


def _retry_after(called: faults.Faults) -> str:
    """When to come back, as the prompt wants it said: as a rule in two seconds."""
    if "retry date" in called:
        return format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True)
    return "-5" if "retry negative" in called else "soon" if "retry words" in called else "2"


def refusal(request: Accepted, authorization: str) -> Response | None:
    """The answer to a paid request that the prompt has refused, hence not accepted."""
    called = request.faults
    code = called.http_status("refuse")
    if code == 402:
        return error(402, "Your balance is used up. Add credit to go on.", NO_BALANCE)
    if code == 422:
        detail = [{"loc": ["body", "prompt"], "msg": "refused because the prompt says so (503)"}]
        return error(422, "The inputs are not valid.", INVALID, detail)
    if code is not None:
        words = f"Told by the prompt to refuse with {code}."
        return error(code, words, retry_after=_retry_after(called))
    if "echo" in called:
        return error(400, f"Refused. You sent: {authorization}")
    if "503 json" in called:
        return error(503, "No worker is free.")
    if "200 error" in called:
        body = {"error_code": 400001, "error_message": "The model is switched off."}
        return JSONResponse(body)
    return None


def late(request: Accepted, answer: Response) -> Response:
    """The same answer, after as many seconds as the prompt says."""
    seconds = request.faults.number("answers")
    return wire.Late(seconds, answer) if seconds else answer


def acceptance(request: Accepted, origin: str) -> Response:
    """The answer to a paid request that was accepted, or what goes out in its place."""
    called = request.faults
    body = links(request, origin)
    bare = called.http_status("bare", least=200)
    if "500" in called:
        return PlainTextResponse("Internal Server Error", 500)
    if bare is not None:
        return Response(status_code=bare)
    if "html" in called:
        return page()
    if "no id" in called:
        return JSONResponse({"status": "in_queue"})
    if "redirect" in called:
        return Response(status_code=302, headers={"location": another(origin)})
    if "lost answer" in called:
        return wire.NoAnswer()
    if "oddly dressed" in called:
        return oddly_dressed(body)
    for name, odd in (("number id", 17), ("list id", ["a"]), ("long id", "x" * 5000)):
        body["request_id"] = odd if name in called else body["request_id"]
    whole = JSONResponse(body)
    if "cut off" in called:
        return wire.CutOff(bytes(whole.body), media_type="application/json")
    seconds = 120.0 if "hang" in called else 12.0 if "slow answer" in called else 0.0
    broken = spoilt(called.spoilt("answer"), body)
    return wire.Late(seconds, whole) if seconds else broken or late(request, whole)


def troubled_cancel(request: Accepted) -> Response | None:
    """The answer to a request to cancel, where the prompt calls for trouble."""
    code = request.faults.http_status("cancel")
    if code is not None:
        return error(code, f"Told by the prompt to answer {code}.")
    if "cancel html" in request.faults:
        return page()
    return wire.NoAnswer() if "cancel lost" in request.faults else None


def invalid(detail: list[JsonObject]) -> Response:
    """The inputs do not fit the model; each complaint as FastAPI words it."""
    words = "; ".join(
        f"{'.'.join(str(part) for part in complaint['loc'][1:]) or 'body'}: {complaint['msg']}"
        for complaint in detail
    )
    return error(422, f"The inputs are not valid. {words}", INVALID, detail)
