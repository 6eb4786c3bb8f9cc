"""The widget's files as they are served: the loader with what it carries, and what it brings."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from bot.errors import ConfigurationError
from bot.settings import ROOT
from bot.widget.clinic import STARTER_QUESTIONS
from bot.widget.joining import joined_modules, without_comments

if TYPE_CHECKING:
    from bot.widget.clinic import Clinic

CLIENT = ROOT / "bot" / "widget" / "client"
LOADER = "loader.js"
MAIN = "main.js"
STYLE = "widget.css"

_PLACE: Final = '/* SERVED */ JSON.parse("null")'
_SCRIPT: Final = "text/javascript; charset=utf-8"
_SHEET: Final = "text/css; charset=utf-8"


@dataclass(frozen=True)
class ServedFile:
    """A file as it is sent: its bytes, the same compressed with gzip, its media type and its ETag."""

    content: bytes
    media_type: str
    compressed: bytes = field(init=False, repr=False)
    etag: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "compressed", gzip.compress(self.content, 9, mtime=0))
        object.__setattr__(self, "etag", f'"{hashlib.sha256(self.content).hexdigest()[:32]}"')


@dataclass(frozen=True)
class ApprovedText:
    """A safety text that the widget carries, word for word, and the language that it is in."""

    text: str
    lang: str


@dataclass(frozen=True)
class WidgetFiles:
    """``loader`` is widget.js; ``brought`` are the files that it brings, by name, at an address with ``version``."""

    loader: ServedFile
    brought: Mapping[str, ServedFile]
    version: str

    @property
    def compressed_bytes(self) -> int:
        """The size of all files together, compressed."""
        return sum(len(file.compressed) for file in (self.loader, *self.brought.values()))


def widget_files(clinic: Clinic, emergency: Mapping[str, tuple[ApprovedText, ...]]) -> WidgetFiles:
    """Return the widget's files for a clinic.

    ``emergency`` has the approved texts by language of the interface, ``en`` and ``es``: the widget shows them where
    the server cannot be reached. Raises ConfigurationError, with the file's name, if a file of the widget is not fit.
    """
    brought = {
        MAIN: ServedFile(joined_modules(CLIENT, MAIN, exported="start").encode(), _SCRIPT),
        STYLE: ServedFile(without_comments(_read(STYLE)).encode(), _SHEET),
    }
    version = hashlib.sha256("".join(file.etag for file in brought.values()).encode()).hexdigest()[:12]
    carried = {
        "version": version,
        "clinic": {
            "name": clinic.name,
            "phone": clinic.phone,
            "phoneLink": clinic.phone_link,
            "sms": clinic.sms,
        },
        "emergency": {
            language: [{"text": each.text, "lang": each.lang} for each in texts]
            for language, texts in emergency.items()
        },
        "starters": STARTER_QUESTIONS,
    }
    source = _read(LOADER)
    if source.count(_PLACE) != 1:
        raise ConfigurationError(f"{CLIENT / LOADER} has not one place for what it carries; put the file back.")
    loader = without_comments(source.replace(_PLACE, _as_script(carried)))
    return WidgetFiles(ServedFile(loader.encode(), _SCRIPT), brought, version)


def _read(name: str) -> str:
    return (CLIENT / name).read_text(encoding="utf-8")


def _as_script(value: Any) -> str:
    """Return JSON that is a JavaScript expression wherever it is put, also within a page."""
    return json.dumps(value).replace("<", "\\u003c")
