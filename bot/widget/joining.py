"""Joins the widget's modules into one, without their comments: one request, and half the size when compressed.

The modules run in a browser as they are; nothing is translated, and names stay. What the joining rests on is checked:
imports are of names from the same folder, and no two modules declare the same name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Strings come first, so that what looks like a comment in one stays; a blank comes before // behind code.
_STRING_OR_COMMENT: Final = re.compile(
    r"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|/\*[\s\S]*?\*/[ \t]*|(?:^|[ \t])[ \t]*//[^\n]*""",
    re.MULTILINE,
)
_INDENTATION: Final = re.compile(r"^[ \t]+", re.MULTILINE)
_BLANK_LINES: Final = re.compile(r"\n{2,}")
_IMPORT: Final = re.compile(r'^import \{[\w,\s]+\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
_IMPORT_OR_EXPORT: Final = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=(?:async )?(?:function|class|const)\b)", re.MULTILINE)
_DECLARED: Final = re.compile(r"^(?:async )?(?:function\*?|class|const|let) (\w+)", re.MULTILINE)


def joined_modules(folder: Path, main: str, exported: str) -> str:
    """Return the module ``main`` of the folder with all that it imports as one module that exports one name.

    Raises ConfigurationError, with the file's name, for a module that cannot be joined.
    """
    declared: dict[str, str] = {}
    parts = []
    for name, source in _in_order(folder, main, []):
        part = _EXPORT.sub("", _IMPORT.sub("", source))
        if left := _IMPORT_OR_EXPORT.search(part):
            raise ConfigurationError(f"{folder / name} has '{left.group()}', which cannot be joined; import by names.")
        for word in _DECLARED.findall(part):
            if word in declared:
                raise ConfigurationError(f"{folder / name} declares {word}, as {declared[word]} does; rename one.")
            declared[word] = name
        parts.append(without_comments(part))
    return "".join((*parts, f"export {{ {exported} }};\n"))


def without_comments(source: str) -> str:
    """Return JavaScript or CSS without comments, indentation and blank lines.

    A regular expression of the source must not hold a single quote sign, which would count as the start of a string.
    """
    bare = _STRING_OR_COMMENT.sub(lambda found: found[1] or "", source)
    return _BLANK_LINES.sub("\n", _INDENTATION.sub("", bare)).lstrip("\n")


def _in_order(folder: Path, name: str, done: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each module once, with its source, after those that it imports."""
    if name in done:
        return
    done.append(name)
    try:
        source = (folder / name).read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{folder / name} cannot be read ({error.strerror}); put the file back.") from error
    for imported in _IMPORT.findall(source):
        yield from _in_order(folder, imported, done)
    yield name, source
