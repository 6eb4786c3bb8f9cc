"""The pages that show the widget: the clinic's page on the subject, how to embed the chat, and what the chat keeps."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import jinja2

from bot.settings import ROOT
from bot.widget.document import load_document

if TYPE_CHECKING:
    from bot.widget.clinic import Clinic

TEMPLATES = ROOT / "bot" / "widget" / "templates"


def render_home(clinic: Clinic) -> str:
    """Return the demo page as HTML. Raises ConfigurationError if the source document has no title."""
    return _render("home.html", clinic, document=load_document())


def render_embed(clinic: Clinic, address: str) -> str:
    """Return the page that shows how to embed the chat. ``address`` is the gateway's, without a slash at its end."""
    return _render("embed.html", clinic, address=address)


def render_privacy(clinic: Clinic) -> str:
    """Return the page that says what the chat keeps."""
    return _render("privacy.html", clinic)


def _render(template: str, clinic: Clinic, **more: Any) -> str:
    return _templates().get_template(template).render(clinic=clinic, **more)


@functools.cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
