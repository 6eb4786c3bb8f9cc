"""The page to try the assistant: the source document as an article, and a chat beside it."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import jinja2

from bot.errors import ConfigurationError
from bot.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.settings import Settings

SOURCE = ROOT / "bot" / "knowledge" / "source.txt"
TEMPLATES = ROOT / "bot" / "widget" / "templates"

# Each is a question that the source document answers, in words that a visitor would use.
STARTER_QUESTIONS = (
    "What is Failed Back Surgery Syndrome?",
    "What can cause pain after back surgery?",
    "What treatments are there?",
)

_CRUMBS = ("top of page", "bottom of page")  # navigation of the website that the document was copied from
_BULLET = "•"
_SENTENCE_ENDS = (".", ":", "?")
_DIALLABLE = re.compile(r"[0-9\s()+.-]+")


@dataclass(frozen=True)
class Block:
    """A piece of the document. ``section`` and ``subsection`` are headings; ``bullets`` has one text a bullet."""

    kind: Literal["section", "subsection", "paragraph", "bullets"]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """The source document as the page shows it, without the navigation around it."""

    title: str
    subtitle: str
    blocks: tuple[Block, ...]

    @property
    def summary(self) -> str:
        """The first paragraph, for search engines."""
        return next((block.texts[0] for block in self.blocks if block.kind == "paragraph"), self.subtitle)


def render_page(settings: Settings) -> str:
    """Return the page as HTML. Raises ConfigurationError if the source document has no title."""
    return (
        _templates()
        .get_template("page.html")
        .render(
            document=_document(),
            starter_questions=STARTER_QUESTIONS,
            clinic_name=settings.clinic_name,
            clinic_phone=settings.clinic_phone,
            clinic_phone_link=telephone_link(settings.clinic_phone),
            clinic_address=settings.clinic_address,
        )
    )


def parse_document(source: str) -> Document:
    """Return the document that the text says: a title, a subtitle, then headings, paragraphs and bullets.

    What ends like a sentence is a paragraph, even behind a bullet: one bullet of the source closes the list before it.
    Any other line is a heading, of a section if two blank lines follow it. Raises ConfigurationError without a title.
    """
    lines = [(text, blanks) for text, blanks in _lines(source) if text not in _CRUMBS]
    try:
        (title, _), (subtitle, _), *rest = lines
    except ValueError:
        raise ConfigurationError(f"{SOURCE} has no title and subtitle; put the source document back.") from None
    blocks: list[Block] = []
    for text, blanks in rest:
        block = _block(text, blanks)
        if block.kind == "bullets" and blocks and blocks[-1].kind == "bullets":
            block = Block("bullets", blocks.pop().texts + block.texts)
        blocks.append(block)
    return Document(title, subtitle, tuple(blocks))


def telephone_link(phone: str) -> str:
    """Return the tel: address of a number; empty if it has letters, such as an extension, that a link would lose."""
    if not _DIALLABLE.fullmatch(phone):
        return ""
    return "tel:" + re.sub(r"[^0-9+]", "", phone)


def _lines(source: str) -> Iterator[tuple[str, int]]:
    """Yield each line that is not blank, with the number of blank lines after it."""
    text, blanks = "", 0
    for line in source.splitlines():
        if not line.strip():
            blanks += 1
            continue
        if text:
            yield text, blanks
        text, blanks = line.strip(), 0
    if text:
        yield text, blanks


def _block(line: str, blanks_after: int) -> Block:
    text = line.removeprefix(_BULLET).strip()
    if text.endswith(_SENTENCE_ENDS):
        return Block("paragraph", (text,))
    if line.startswith(_BULLET):
        return Block("bullets", (text,))
    return Block("section" if blanks_after > 1 else "subsection", (text,))


@functools.cache
def _document() -> Document:
    return parse_document(SOURCE.read_text(encoding="utf-8"))


@functools.cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
