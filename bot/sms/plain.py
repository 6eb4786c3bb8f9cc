"""Takes out of a reply what a telephone cannot show: markup, commands of the assistant, and links of others."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

_LINK: Final = re.compile(r"\[([^\]\n]+)\]\(\s*([^)\s]*)\s*\)")
_ADDRESS: Final = re.compile(r"\b(?:https?://|www\.)[^\s<>()]+", re.IGNORECASE)
_HEADING: Final = re.compile(r"^[ \t]*(?:#{1,6}|>)[ \t]+", re.MULTILINE)
_BULLET: Final = re.compile(r"^[ \t]*[*+•][ \t]+", re.MULTILINE)
_STRONG: Final = re.compile(r"(\*\*|__|~~|`+|\*)(?=\S)(.+?)(?<=\S)\1")
_EMPHASIS: Final = re.compile(r"(?<!\w)_(?=\S)([^_\n]+?)(?<=\S)_(?!\w)")
_COMMAND: Final = re.compile(r"/[A-Za-z_]+(?:/[A-Za-z_]+)?\{[^{}]*\}|(?<!\S)/[a-z_]+(?=\s|$)")
_BLANKS: Final = re.compile(r"[ \t]+")
_LINES: Final = re.compile(r" ?\n[ \n]*")
_BEFORE_STOP: Final = re.compile(r" +([.,;:!?])")
_MARK_ENDS: Final = ".,;:!?'\""


def plain(text: str, own_hosts: Collection[str] = ()) -> str:
    """Return the words of a text, without markup; of links, those to ``own_hosts`` stay."""
    words = _LINK.sub(lambda link: _linked(link[1], link[2], own_hosts), text)
    words = _ADDRESS.sub(lambda found: _kept(found[0], own_hosts), words)
    words = _BULLET.sub("- ", _HEADING.sub("", _COMMAND.sub("", words)))
    for _ in range(3):  # bold within italics within a heading
        words = _EMPHASIS.sub(r"\1", _STRONG.sub(r"\2", words))
    return _BEFORE_STOP.sub(r"\1", _LINES.sub("\n", _BLANKS.sub(" ", words))).strip()


def _linked(words: str, address: str, own_hosts: Collection[str]) -> str:
    kept = _kept(address, own_hosts) if address.startswith(("http://", "https://")) else ""
    return f"{words} {kept}".strip()


def _kept(address: str, own_hosts: Collection[str]) -> str:
    bare = address.rstrip(_MARK_ENDS)
    end = address[len(bare) :]
    try:
        host = urlsplit(bare if "//" in bare else f"//{bare}").hostname or ""
    except ValueError:
        host = ""
    return address if host.lower() in own_hosts else end
