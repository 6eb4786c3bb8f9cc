"""The source document as the blocks that a page shows."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.errors import ConfigurationError
from bot.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = ROOT / "bot" / "knowledge" / "source.txt"

_CRUMBS = ("top of page", "bottom of page")  # navigation of the website that the document was copied from
_BULLET = "•"
_SENTENCE_ENDS = (".", ":", "?")


@dataclass(frozen=True)
class Block:
    """A piece of the document. ``section`` and ``subsection`` are headings; ``bullets`` has one text a bullet."""

    kind: Literal["section", "subsection", "paragraph", "bullets"]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """A heading (empty: none), the blocks under it, and its parts: each a smaller heading with its blocks."""

    heading: str
    blocks: tuple[Block, ...]
    parts: tuple[tuple[str, tuple[Block, ...]], ...]

    @property
    def anchor(self) -> str:
        """The heading as the end of an address."""
        return "-".join(re.findall(r"[a-z]+", self.heading.lower()))


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

    @property
    def sections(self) -> tuple[Section, ...]:
        """The blocks by section; what stands before the first heading is a section without one."""
        found: list[list[Block]] = [[]]
        for block in self.blocks:
            if block.kind == "section":
                found.append([])
            found[-1].append(block)
        return tuple(_section(blocks) for blocks in found)


@functools.cache
def load_document() -> Document:
    """Return the source document; it is read once. Raises ConfigurationError if it has no title."""
    return parse_document(SOURCE.read_text(encoding="utf-8"))


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


def _section(blocks: list[Block]) -> Section:
    heading = blocks[0].texts[0] if blocks and blocks[0].kind == "section" else ""
    plain: list[Block] = []
    parts: list[tuple[str, list[Block]]] = []
    for block in blocks[1:] if heading else blocks:
        if block.kind == "subsection":
            parts.append((block.texts[0], []))
        elif parts:
            parts[-1][1].append(block)
        else:
            plain.append(block)
    return Section(heading, tuple(plain), tuple((title, tuple(of_it)) for title, of_it in parts))
