"""Errors as ``application/problem+json`` (RFC 9457): a clear sentence, never a stack trace."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from bot.conversations.errors import NotFound
from bot.errors import ConfigurationError
from bot.gateway.assistant_client import AssistantUnavailable
from bot.safety.replies import safety_texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.types import Scope

_log = logging.getLogger(__name__)


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return a problem response."""
    return JSONResponse(
        {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail},
        status,
        headers=dict(headers or {}),
        media_type="application/problem+json",
    )


def install(app: FastAPI) -> None:
    """Let all expected errors of the application leave as problems."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(NotFound, _not_found)
    app.add_exception_handler(AssistantUnavailable, _later)
    app.add_exception_handler(ConfigurationError, _database)


def unexpected(scope: Scope, error: Exception) -> JSONResponse:
    """Log a fault of ours, and return the response to the request that met it."""
    _log.error("%s %s failed", scope["method"], getattr(scope.get("route"), "path", "?"), exc_info=error)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side; try again in a moment.")


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - tells the type checker what the registration says
    return problem(error.status_code, str(error.detail), error.headers)


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - see above
    wrong = "; ".join(f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors())
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, wrong)


async def _not_found(_request: Request, _error: Exception) -> JSONResponse:
    return problem(HTTPStatus.NOT_FOUND, "There is no such conversation or message.")


async def _later(_request: Request, _error: Exception) -> JSONResponse:
    return _not_now()


async def _database(_request: Request, error: Exception) -> JSONResponse:
    _log.error("%s", error)  # says to the operator which database cannot be reached
    return _not_now()


def _not_now() -> JSONResponse:
    detail = f"That is not possible right now; try again. {safety_texts()['while_waiting'].text}"
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, {"Retry-After": "5"})
