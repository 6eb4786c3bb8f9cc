"""Hours that staff have changed. They are kept beside the file's hours and count in place of them, part by part.

A part is the list of holidays, or the week and the absences of one schedule. What staff do not change stays the file's:
time zone, lengths, names. Whoever reads hours in a transaction gets them as they are then, in every process.
"""

from __future__ import annotations

import functools
import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError
from sqlalchemy import delete, select

from bot.booking import hours_file
from bot.booking.hours import Availability, Schedule
from bot.booking.locks import alone
from bot.booking.models import ChangedHoursRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

_log = logging.getLogger(__name__)
HOLIDAYS: Final = "holidays"
_SCHEDULE: Final = "schedule:"


@dataclass(frozen=True)
class Changed:
    """Who changed a part of the hours last, and when. ``counts``: False where it does not fit the file any more."""

    by: str
    at: datetime
    counts: bool


def part_of(schedule_id: str) -> str:
    """Return the name of the part that a schedule's hours are."""
    return f"{_SCHEDULE}{schedule_id}"


def present(session: Session, file: Availability | None) -> Availability | None:
    """Return the hours that count now, inside the caller's transaction; None where the file has none."""
    if file is None:
        return None
    found = session.execute(select(ChangedHoursRow.part, ChangedHoursRow.content).order_by(ChangedHoursRow.part))
    return _over(file, tuple((part, json.dumps(content, sort_keys=True)) for part, content in found))[0]


def changes(session: Session, file: Availability) -> dict[str, Changed]:
    """Return which parts staff have changed."""
    rows = list(session.execute(select(ChangedHoursRow).order_by(ChangedHoursRow.part)).scalars())
    _, unfit = _over(file, tuple((row.part, json.dumps(row.content, sort_keys=True)) for row in rows))
    return {row.part: Changed(row.changed_by, row.changed_at, row.part not in unfit) for row in rows}


def change(session: Session, file: Availability, part: str, content: Any, *, by: str, now: datetime) -> None:
    """Let a part of the hours be as given from now on, written as in the file.

    Raises ValueError, which says what is wrong and how to write it, for what the file could not have either, and
    LookupError for a schedule that there is not.
    """
    alone(session, "schedule", part)
    try:
        _with(present(session, file) or file, part, content)
    except ValidationError as error:
        raise ValueError(hours_file.sentences(error)) from error
    session.merge(ChangedHoursRow(part=part, content=content, changed_by=by, changed_at=now))
    session.flush()


def give_back(session: Session, part: str) -> bool:
    """Let the file's hours count again for a part; tell whether it was changed."""
    gone = delete(ChangedHoursRow).where(ChangedHoursRow.part == part)
    return bool(session.execute(gone.execution_options(synchronize_session=False)).rowcount)


@functools.lru_cache(maxsize=16)
def _over(file: Availability, changed: tuple[tuple[str, str], ...]) -> tuple[Availability, frozenset[str]]:
    """Return the file's hours with the changed parts, and which parts do not fit the file any more."""
    hours, unfit = file, set()
    for part, content in changed:
        try:
            hours = _with(hours, part, json.loads(content))
        except (ValidationError, LookupError):
            _log.error("the changed hours of %s do not fit BOOKING_FILE any more; the file's count", part)
            unfit.add(part)
    return hours, frozenset(unfit)


def _with(hours: Availability, part: str, content: Any) -> Availability:
    """Return the hours with one part exchanged. Raises ValidationError, and LookupError for a part there is not."""
    holidays: Any = [each.dict() for each in hours.holidays]
    schedules: Any = list(hours.schedules)
    if part == HOLIDAYS:
        holidays = content
    else:
        numbers = {part_of(each.id): number for number, each in enumerate(schedules)}
        number = numbers[part]
        schedules[number] = _exchanged(schedules[number], content)
    return Availability.parse_obj({**dict(hours), "holidays": holidays, "schedules": schedules})


def _exchanged(schedule: Schedule, content: Mapping[str, Any]) -> Schedule:
    kept = {"id": schedule.id, "name": schedule.name, "length_minutes": schedule.length_minutes}
    return Schedule.parse_obj({**kept, **content})
