"""For operators: is the process alive, is the service ready, how much does it do."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Annotated, Any

import prometheus_client
from fastapi import APIRouter, Depends, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from bot.errors import ConfigurationError
from bot.gateway.chat_api import rooms_of
from bot.gateway.rooms import Rooms

router = APIRouter(tags=["operation"])


@router.get("/healthz", summary="Is the process alive?")
async def alive() -> dict[str, str]:
    """Return ok as long as the process answers."""
    return {"status": "ok"}


@router.get(
    "/readyz", summary="Is everything there that answers a visitor?", responses={503: {"description": "Not yet"}}
)
async def ready(rooms: Annotated[Rooms, Depends(rooms_of)]) -> JSONResponse:
    """Return the state of the database, the assistant and the action server, each by name; 503 if one is not ready."""
    database, assistant, actions = await asyncio.gather(
        run_in_threadpool(_database_answers, rooms), rooms.assistant.probe(), rooms.assistant.probe_actions()
    )
    states = {"database": database, "assistant": assistant, "actions": actions}
    content: dict[str, Any] = {
        "ready": all(states.values()),
        "checks": {name: "ok" if well else "not ready" for name, well in states.items()},
    }
    return JSONResponse(content, HTTPStatus.OK if content["ready"] else HTTPStatus.SERVICE_UNAVAILABLE)


@router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
async def metrics() -> Response:
    """Return the figures in Prometheus' text format."""
    return Response(prometheus_client.generate_latest(), media_type=prometheus_client.CONTENT_TYPE_LATEST)


def _database_answers(rooms: Rooms) -> bool:
    try:
        rooms.log.exists("")  # a table, for a database may be there without any
    except (SQLAlchemyError, ConfigurationError):
        return False
    return True
