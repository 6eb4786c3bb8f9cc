"""Reading the file of the clinic's hours, and telling the operator what is wrong in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml

from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import ValidationError

_DAY = 'a list of hours, as ["09:00-12:00", "13:00-16:30"]'
_DATE = "a date, as 2026-12-24"
_HOW: Final = {
    "time_zone": "an IANA time zone, as America/New_York",
    "confirmation": "staff (each time waits for staff) or at_once",
    "length_minutes": "a whole number from 5 to 480",
    "buffer_minutes": "a whole number from 0 to 240",
    "notice_hours": "a whole number from 0 to 720",
    "horizon_days": "a whole number from 1 to 365",
    "holidays": 'a list of dates, as [2026-12-25, {date: 2027-01-01, why: "New Year"}], or [] for none',
    "schedules": 'a list with at least one {id: ..., name: ..., weekly: {monday: ["09:00-12:00"]}}',
    "id": "1 to 40 small letters, digits, - and _, as room-1",
    "name": 'the name that visitors are shown, as "Spine clinic"',
    "weekly": 'hours by day, as {monday: ["09:00-12:00", "13:00-16:30"]}',
    "away": "a list of {from: 2026-12-24, to: 2026-12-31}",
    "from": _DATE,
    "to": _DATE,
    "date": _DATE,
    "why": 'the reason in quotes, as "New Year"',
    **dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), _DAY),
}


class _Loader(yaml.SafeLoader):
    """Reads YAML, but no key twice: the first one would be lost without a word."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for number, key in enumerate(keys):
            if key in keys[:number]:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands here twice; leave one", node.value[number][0].start_mark
                )
        return super().construct_mapping(node, deep=deep)


def read(path: Path) -> dict[str, Any]:
    """Return what the file holds. Raises ConfigurationError where it cannot be read or is no YAML mapping."""
    try:
        loaded = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a safe loader
    except OSError as error:
        raise ConfigurationError(
            f"BOOKING_FILE: {path} cannot be read ({error.strerror}); name the file of the clinic's hours, or leave "
            "the setting empty to take requests for a call back only."
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"BOOKING_FILE: {path} is no UTF-8 text; save it as UTF-8.") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ConfigurationError(
            f"BOOKING_FILE: {path}{where}: {error.problem}; bot/booking/example.yml shows how it is written."
        ) from error
    except (yaml.YAMLError, ValueError, TypeError) as error:  # a date that does not exist; a list as a key
        raise ConfigurationError(
            f"BOOKING_FILE: {path}: {error}; bot/booking/example.yml shows how it is written."
        ) from error
    if not isinstance(loaded, dict):
        raise ConfigurationError(
            f"BOOKING_FILE: {path} holds no settings; bot/booking/example.yml shows how it is written."
        )
    return loaded


def explained(path: Path, error: ValidationError) -> ConfigurationError:
    """Return the error that names the file, each place in it, what is wrong there and how to write it."""
    return ConfigurationError(f"BOOKING_FILE: {path}: {sentences(error)}")


def sentences(error: ValidationError) -> str:
    """Return what is wrong in hours, at each place, and how to write it."""
    return "; ".join(_sentence(each) for each in error.errors()) + "."


def _sentence(wrong: Any) -> str:
    # Ours say how to write it themselves; pydantic's own know nothing of the file.
    place = [part for part in wrong["loc"] if part != "__root__"]
    names = [str(part) for part in place if not isinstance(part, int)]
    how = _HOW.get(names[-1], "") if names and wrong["type"] != "value_error" else ""
    where = ", ".join(f"item {part + 1}" if isinstance(part, int) else str(part) for part in place)
    return (f"{where}: " if where else "") + str(wrong["msg"]) + (f"; write {how}" if how else "")
