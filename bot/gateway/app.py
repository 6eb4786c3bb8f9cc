"""The gateway as an ASGI application."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from bot import __version__
from bot.gateway import (
    calendars,
    chat_api,
    health,
    phone_codes,
    problems,
    sms_webhook,
    staff_login,
    staff_pages_audit,
    staff_pages_blocks,
    staff_pages_bookings,
    staff_pages_conversations,
    staff_pages_desk,
    staff_pages_export,
    staff_pages_queues,
    staff_sso,
)
from bot.gateway.cors import Cors
from bot.gateway.middleware import BodyLimit, Frame
from bot.gateway.pages import pages_router
from bot.gateway.rooms import furnish
from bot.gateway.staff_access import StaffGate
from bot.gateway.staff_pages import CONSOLE
from bot.settings import ROOT, Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the application. Raises ConfigurationError if a setting is wrong."""
    settings = settings or load_settings()
    rooms = furnish(settings)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.rooms = rooms
        always = [rooms.turns.sweep(), rooms.inbound.take_in(), rooms.notifying.run(), rooms.staff.housekeeping.run()]
        if rooms.sms:
            always += [rooms.sms.texting.sweep(), rooms.sms.sending.run()]
        tasks = [asyncio.create_task(each) for each in always]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await rooms.turns.stop()
            await rooms.assistant.close()
            if rooms.sms:
                rooms.sms.close()
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
    app.add_middleware(StaffGate)
    app.add_middleware(BodyLimit, most=settings.max_body_bytes)
    app.add_middleware(Frame)
    app.add_middleware(Cors, origins=settings.widget_pages)
    app.include_router(chat_api.router)
    app.include_router(chat_api.messages_router)
    app.include_router(calendars.staff_router)
    app.include_router(phone_codes.router)
    app.include_router(sms_webhook.router)
    app.include_router(staff_login.router)
    app.include_router(staff_sso.router)
    app.include_router(staff_pages_queues.router)
    app.include_router(staff_pages_export.router)
    app.include_router(staff_pages_conversations.router)
    app.include_router(staff_pages_desk.router)
    app.include_router(staff_pages_bookings.router)
    app.include_router(staff_pages_blocks.router)
    app.include_router(staff_pages_audit.router)
    app.include_router(health.router)
    app.include_router(pages_router(settings))
    app.mount("/static/console", StaticFiles(directory=CONSOLE / "static"))
    app.mount("/static", StaticFiles(directory=ROOT / "bot" / "widget" / "static"))
    return app
