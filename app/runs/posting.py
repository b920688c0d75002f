"""The paid request of a run that is claimed: sent once, and what came back written down."""

import logging
from typing import Any

from app.db.columns import utc_now
from app.runcomfy.answers import Submitted
from app.runcomfy.paid import PaidRequest
from app.runcomfy.trouble import Doubtful, NothingSent, Refused
from app.runs.queries import Run
from app.runs.services import Services, until_it_works
from app.runs.states import State

_log = logging.getLogger(__name__)


async def post(services: Services, run: Run, paid: PaidRequest) -> Run | None:
    """Send the paid request of a claimed run; gives the run as its answer leaves it."""
    try:
        answer = await services.runcomfy.submit(paid)
    except NothingSent as error:
        return await failed(services, run, str(error), "connection")
    except Refused as error:
        return await failed(
            services,
            run,
            str(error),
            "runcomfy",
            http_status=error.http_status,
            retry_after_seconds=error.retry_after_seconds,
        )
    except Doubtful as error:
        _log.warning("run %s: the answer leaves it open whether RunComfy has it", run.id)
        doubt, status = str(error), error.http_status
        return await until_it_works(
            lambda: services.move(
                run.id, State.UNKNOWN, words=doubt, words_from="playground", http_status=status
            )
        )
    return await until_it_works(lambda: _accepted(services, run, answer))


async def _accepted(services: Services, run: Run, answer: Submitted) -> Run | None:
    return await services.move(
        run.id, State.QUEUED, request_id=answer.request_id, answered_at=utc_now()
    )


async def failed(
    services: Services, run: Run, words: str, words_from: str, **values: Any
) -> Run | None:
    """End a run that RunComfy does not have."""
    return await until_it_works(
        lambda: services.move(
            run.id,
            State.FAILED,
            words=words,
            words_from=words_from,
            ended_at=utc_now(),
            **values,
        )
    )
