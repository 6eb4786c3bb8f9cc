"""The gateway as an ASGI application."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from bot import __version__
from bot.gateway import chat_api, health, problems
from bot.gateway.middleware import BodyLimit, Frame
from bot.gateway.rooms import furnish
from bot.settings import ROOT, Settings, load_settings
from bot.widget.page import render_page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the application. Raises ConfigurationError if a setting is wrong."""
    settings = settings or load_settings()
    rooms = furnish(settings)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.rooms = rooms
        always = [rooms.turns.sweep(), rooms.inbound.take_in(), rooms.notifying.run()]
        tasks = [asyncio.create_task(each) for each in always]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await rooms.turns.stop()
            await rooms.assistant.close()
            rooms.database.close()

    app = FastAPI(
        title=f"Patient assistant of {settings.clinic_name}",
        version=__version__,
        description="The chat API. Errors are application/problem+json (RFC 9457).",
        lifespan=lifespan,
        docs_url=None,  # these pages load scripts from elsewhere
        redoc_url=None,
    )
    problems.install(app)
    app.add_middleware(BodyLimit, most=settings.max_body_bytes)
    app.add_middleware(Frame)
    app.include_router(chat_api.router)
    app.include_router(health.router)
    page = render_page(settings)

    @app.get("/", include_in_schema=False)
    async def home() -> HTMLResponse:
        return HTMLResponse(page)

    app.mount("/static", StaticFiles(directory=ROOT / "bot" / "widget" / "static"))
    return app
