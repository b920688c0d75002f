"""RunComfy's answers, in the shapes it gives them."""

from datetime import UTC, datetime

from starlette.responses import JSONResponse, PlainTextResponse, Response

from app.simulator import faults, outputs, wire
from app.simulator.ledger import Accepted
from app.simulator.models import JsonObject
from app.simulator.timing import Standing, Times

NOT_FOUND, INVALID, UNAUTHORISED, NO_BALANCE = 404001, 422001, 401001, 400002
_PAGE = "<!doctype html><title>Gateway</title><h1>Something stands between you and the API</h1>"
_HUGE_BYTES = 64 * 1024 * 1024


def error(
    status: int, words: str, code: int | None = None, detail: list[JsonObject] | None = None
) -> Response:
    """An error as RunComfy writes it; code: its own number, by default made from the status."""
    body: JsonObject = {"error_code": code or status * 1000 + 1, "error_message": words}
    if detail is not None:
        body["detail"] = detail
    headers = {"retry-after": "2"} if status == 429 else None
    return JSONResponse(body, status, headers)


def not_found(what: str) -> Response:
    return error(404, f"{what} not found, deleted or expired.", NOT_FOUND)


def page(status: int = 200) -> Response:
    return Response(_PAGE, status, media_type="text/html")


def links(request: Accepted, origin: str) -> JsonObject:
    address = f"{origin}/v1/requests/{request.request_id}"
    return {
        "request_id": request.request_id,
        "status_url": f"{address}/status",
        "result_url": f"{address}/result",
        "cancel_url": f"{address}/cancel",
    }


def status(request: Accepted, stands: Standing, origin: str) -> JsonObject:
    body: JsonObject = {"request_id": request.request_id, "status": word(request, stands)}
    if stands.queue_position is not None:
        odd = "odd position" in request.faults
        body["queue_position"] = -(10**30) if odd else stands.queue_position
    shown = links(request, origin)
    body["status_url"], body["result_url"] = shown["status_url"], shown["result_url"]
    if stands.status == "failed":
        body["error"] = failure(request)
    return body


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
    body: JsonObject = {"request_id": request.request_id, "status": word(request, stands)}
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


def _output(request: Accepted, origin: str) -> JsonObject:
    if "empty" in request.faults:
        return {}
    if "text result" in request.faults:
        return {"image": "A picture that was described rather than drawn."}
    foreign = "foreign file" in request.faults
    base = "https://files.example.invalid" if foreign else origin
    files = f"{base}/files/{request.request_id}"
    return outputs.output(request, [f"{files}/{name}" for name in outputs.names(request)])


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def troubled_status(request: Accepted, known: Times, now: float) -> Response | None:
    """The answer to a question about how it stands, where the prompt calls for trouble."""
    called = request.faults
    code = called.http_status("status")
    if code == 404:
        return not_found("Request")
    if "status error" in called:
        return JSONResponse({"error_code": 500001, "error_message": "The request broke."})
    if now >= known.trouble_ends:
        return None
    if code is not None:
        return error(code, f"Told by the prompt to answer {code}.")
    if "status html" in called:
        return page()
    if "status empty" in called:
        return PlainTextResponse("", media_type="application/json")
    if "status lost" in called:
        return wire.NoAnswer()
    if "status cut off" in called:
        return wire.CutOff('{"request_id":"' + request.request_id + '","status":"in_queue"}')
    return None


def troubled_result(request: Accepted, known: Times, now: float) -> Response | None:
    """The same for a question about the result."""
    late = now < known.ends + 3
    if late and "early result" in request.faults:
        return error(400, "The result is not ready yet.")
    if late and now >= known.ends and "garbled result" in request.faults:
        return page()
    return troubled_status(request, known, now)


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
        return error(code, f"Told by the prompt to refuse with {code}.")
    if "echo" in called:
        return error(400, f"Refused. You sent: {authorization}")
    if "503 json" in called:
        return error(503, "No worker is free.")
    if "200 error" in called:
        body = {"error_code": 400001, "error_message": "The model is switched off."}
        return JSONResponse(body)
    return None


def acceptance(request: Accepted, origin: str) -> Response:
    """The answer to a paid request that was accepted, or what goes out in its place."""
    called = request.faults
    body = links(request, origin)
    if "500" in called:
        return PlainTextResponse("Internal Server Error", 500)
    if "html" in called:
        return page()
    if "no id" in called:
        return JSONResponse({"status": "in_queue"})
    if "redirect" in called:
        return Response(status_code=302, headers={"location": "https://elsewhere.example.invalid/"})
    if "huge answer" in called:
        return wire.endless(b'{"request_id":"', "application/json", _HUGE_BYTES)
    if "lost answer" in called:
        return wire.NoAnswer()
    whole = JSONResponse(body)
    if "cut off" in called:
        return wire.CutOff(bytes(whole.body), media_type="application/json")
    seconds = 120.0 if "hang" in called else 12.0 if "slow answer" in called else 0.0
    seconds = called.number("answers") or seconds
    return wire.Late(seconds, whole) if seconds else whole
