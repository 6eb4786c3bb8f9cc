"""The widget's files, and the pages that show it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Path, Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from bot.safety.replies import safety_texts
from bot.widget.clinic import Clinic
from bot.widget.files import ApprovedText, ServedFile, widget_files
from bot.widget.pages import render_embed, render_home, render_privacy

if TYPE_CHECKING:
    from bot.settings import Settings

# The loader is asked for anew after a minute; until the next day a browser may run the one that it has meanwhile, so
# that a visitor who returns while the gateway is away still gets the chat with its emergency numbers.
_LOADER_CACHING: Final = "public, max-age=60, stale-while-revalidate=86400"
_FOR_EVER: Final = "public, max-age=31536000, immutable"


def pages_router(settings: Settings) -> APIRouter:
    """Return the routes of the pages and of the widget. Raises ConfigurationError if a file of theirs is not fit."""
    clinic = Clinic.of(settings)
    files = widget_files(clinic, emergency_texts())
    home, privacy = render_home(clinic), render_privacy(clinic)
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def _home() -> HTMLResponse:
        return HTMLResponse(home)

    @router.get("/privacy")
    async def _privacy() -> HTMLResponse:
        return HTMLResponse(privacy)

    @router.get("/embed")
    async def _embed(request: Request) -> HTMLResponse:
        return HTMLResponse(render_embed(clinic, str(request.base_url).rstrip("/")))

    @router.get("/widget.js")
    async def _loader(request: Request) -> Response:
        return _sent(files.loader, request, _LOADER_CACHING)

    @router.get("/widget/{version}/{name}")
    async def _brought(
        request: Request, version: Annotated[str, Path(regex="^[0-9a-f]{12}(-[0-9]{1,6})?$")], name: str
    ) -> Response:
        file = files.brought.get(name)
        if file is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "The widget has no such file.")
        # Another gateway may have told an older or newer version: these files then stand in, but not for ever.
        return _sent(file, request, _FOR_EVER if version.startswith(files.version) else "no-cache")

    return router


def emergency_texts() -> dict[str, tuple[ApprovedText, ...]]:
    """Return the approved texts that the widget carries, by language of its interface."""
    texts = safety_texts()
    lifeline = texts["thoughts_of_ending_life"]
    in_spanish = ApprovedText(lifeline.es, "es") if lifeline.es else ApprovedText(lifeline.text, "en")
    return {
        "en": (ApprovedText(texts["while_waiting"].text, "en"), ApprovedText(lifeline.text, "en")),
        "es": (ApprovedText(texts["while_waiting_in_spanish"].text, "es"), in_spanish),
    }


def _sent(file: ServedFile, request: Request, caching: str) -> Response:
    headers = {"Cache-Control": caching, "ETag": file.etag, "Vary": "Accept-Encoding"}
    if file.etag in request.headers.get("If-None-Match", ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return Response(file.compressed, headers={**headers, "Content-Encoding": "gzip"}, media_type=file.media_type)
    return Response(file.content, headers=headers, media_type=file.media_type)
