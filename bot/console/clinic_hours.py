"""Staff who change the clinic's hours: as text in the form of the file, with a line in the audit log each time."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from bot.booking import changed_hours
from bot.booking.slots import is_within_hours
from bot.conversations.errors import NotFound
from bot.storage.retry import Sleep, retried

if TYPE_CHECKING:
    from bot.booking.book import Book
    from bot.booking.changed_hours import Changed
    from bot.booking.hours import Availability
    from bot.booking.records import Appointment
    from bot.console.acting import Actor
    from bot.storage.engine import Database

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WHY_MAX: Final = 200  # characters
_LINES_MAX: Final = 200
_FROM_TO: Final = re.compile(r"(\S+)(?:\s+to\s+(\S+))?")


@dataclass(frozen=True)
class Timetable:
    """The hours that count, which parts of them staff have changed, and the appointments to come outside of them."""

    hours: Availability
    changed: Mapping[str, Changed]
    outside: tuple[Appointment, ...]


class ClinicHours:
    """Each method is one transaction of its own. They block, and may be called from any thread or process at once.

    What changes something raises ValueError, which says what is wrong and how to write it, and NotFound for a schedule
    that there is not.
    """

    def __init__(
        self,
        database: Database,
        file: Availability | None,
        book: Book,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Sleep = time.sleep,
    ) -> None:
        """``file``: the hours of BOOKING_FILE, None without it."""
        self._database = database
        self._file = file
        self._book = book
        self._clock = clock
        self.sleep = sleep

    @retried
    def present(self) -> Timetable | None:
        """Return the hours as they are now; None where the file has none."""
        if self._file is None:
            return None
        upcoming = self._book.upcoming()
        with self._database.read() as session:
            hours = changed_hours.present(session, self._file) or self._file
            changed = changed_hours.changes(session, self._file)
        outside = tuple(each for each in upcoming if each.slot and not is_within_hours(hours, each.slot))
        return Timetable(hours, changed, outside)

    @retried
    def change_week(self, by: Actor, schedule_id: str, week: Mapping[str, str], away: str) -> None:
        """Let a schedule have other hours from now on.

        ``week``: for each day of DAYS, hours as "09:00-12:00, 13:00-16:30", "" for none; ``away``: a line for each
        absence, as "2026-12-21 to 2027-01-03", or one day.
        """
        weekly = {day: [each.strip() for each in week.get(day, "").split(",") if each.strip()] for day in DAYS}
        content = {"weekly": weekly, "away": [_absence(line) for line in _lines(away)]}
        self._change(by, changed_hours.part_of(schedule_id), content)

    @retried
    def change_holidays(self, by: Actor, text: str) -> None:
        """Let the clinic be closed on other days from now on: a line for each, as "2026-12-25 Christmas"."""
        holidays = []
        for line in _lines(text):
            day, _, why = line.partition(" ")
            if len(why) > WHY_MAX:
                raise ValueError(f"Say in {WHY_MAX} characters or fewer why the clinic is closed.")
            holidays.append({"date": day, "why": why.strip()})
        self._change(by, changed_hours.HOLIDAYS, holidays)

    @retried
    def give_back(self, by: Actor, part: str) -> None:
        """Let the file's hours count again for a part. Raises NotFound where it was not changed."""
        with self._database.write() as session:
            if not changed_hours.give_back(session, part):
                raise NotFound("These hours are the file's already.")
            by.did(session, "hours.give-back", f"hours:{part}", self._clock())

    def _change(self, by: Actor, part: str, content: Any) -> None:
        if self._file is None:
            raise NotFound("The clinic's hours are not set; the setting is BOOKING_FILE.")
        with self._database.write() as session:
            now = self._clock()
            try:
                changed_hours.change(session, self._file, part, content, by=by.name, now=now)
            except LookupError as error:
                raise NotFound("There is no such schedule.") from error
            by.did(session, "hours.change", f"hours:{part}", now, hours=content)


def _lines(text: str) -> list[str]:
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if len(lines) > _LINES_MAX:
        raise ValueError(f"Write {_LINES_MAX} lines or fewer.")
    return lines


def _absence(line: str) -> dict[str, str]:
    found = _FROM_TO.fullmatch(line)
    if found is None:
        raise ValueError(f"{line!r} are no days; write them as 2026-12-21 to 2027-01-03")
    return {"from": found[1], "to": found[2] or found[1]}
