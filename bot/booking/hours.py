"""When the clinic sees patients, as its one file says (BOOKING_FILE)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConstrainedInt, ConstrainedStr, Field, ValidationError, root_validator, validator

from bot.booking import hours_file

if TYPE_CHECKING:
    from pathlib import Path

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*-\s*([01]\d|2[0-4]):([0-5]\d)")
_MIDNIGHT = 24 * 60
_DAY_HOURS = 24


@dataclass(frozen=True, order=True)
class Span:
    """Hours of one day, in minutes after midnight on the wall clock; the end is 24 x 60 at most."""

    begins: int
    ends: int

    @classmethod
    def __get_validators__(cls) -> Iterator[Callable[[object], Span]]:
        yield cls._parse

    @classmethod
    def _parse(cls, value: object) -> Self:
        found = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
        if found is None:
            raise ValueError(f'{value!r} are no hours; write them as "09:00-12:00"')
        first_hour, first_minute, last_hour, last_minute = map(int, found.groups())
        begins, ends = first_hour * 60 + first_minute, last_hour * 60 + last_minute
        if not begins < ends <= _MIDNIGHT:
            raise ValueError(f"{value!r} does not end after its beginning on the same day; 24:00 is the latest end")
        return cls(begins, ends)


class _Part(BaseModel):
    """A part of the file. Unknown keys are refused, so that a misspelt one is not passed over."""

    class Config:
        frozen = True
        extra = "forbid"

    @root_validator(pre=True)
    def _only_known_keys(cls, values: dict[Any, Any]) -> dict[Any, Any]:  # noqa: N805 - pydantic passes the class
        known = [field.alias for field in cls.__fields__.values()]
        for key in values:
            if key not in known:
                raise ValueError(f"{key!r} is no key here; the keys are {', '.join(known)}")
        return values


def _a_date(value: object) -> object:
    # pydantic would take a number for seconds since 1970.
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return value
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    raise ValueError(f"{value!r} is no date; write it as 2026-12-24")


class Holiday(_Part):
    """A day on which the clinic is closed."""

    date: dt.date
    why: str = ""

    _date = validator("date", pre=True, allow_reuse=True)(_a_date)


class Away(_Part):
    """Days on which a schedule offers nothing, the first and the last one included."""

    first: dt.date = Field(..., alias="from")
    last: dt.date = Field(..., alias="to")

    _dates = validator("first", "last", pre=True, allow_reuse=True)(_a_date)

    @root_validator(skip_on_failure=True)
    def _in_order(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805 - pydantic passes the class
        if values["first"] > values["last"]:
            raise ValueError(f"'to: {values['last']}' lies before 'from: {values['first']}'; exchange them")
        return values


class Weekly(_Part):
    """The hours of each day of the week, in order."""

    monday: tuple[Span, ...] = ()
    tuesday: tuple[Span, ...] = ()
    wednesday: tuple[Span, ...] = ()
    thursday: tuple[Span, ...] = ()
    friday: tuple[Span, ...] = ()
    saturday: tuple[Span, ...] = ()
    sunday: tuple[Span, ...] = ()

    @validator("*")
    def _apart(cls, value: tuple[Span, ...]) -> tuple[Span, ...]:  # noqa: N805 - pydantic passes the class
        ordered = tuple(sorted(value))
        if any(after.begins < before.ends for before, after in pairwise(ordered)):
            raise ValueError("these hours overlap; write each only once")
        return ordered

    def on(self, day: dt.date) -> tuple[Span, ...]:
        """Return the hours of a day."""
        days = (self.monday, self.tuesday, self.wednesday, self.thursday, self.friday, self.saturday, self.sunday)
        return days[day.weekday()]

    @property
    def spans(self) -> tuple[Span, ...]:
        """All hours of the week."""
        return (
            *self.monday,
            *self.tuesday,
            *self.wednesday,
            *self.thursday,
            *self.friday,
            *self.saturday,
            *self.sunday,
        )


class _Minutes(ConstrainedInt):
    strict, ge, le = True, 5, 480


class _Buffer(ConstrainedInt):
    strict, ge, le = True, 0, 240


class _Notice(ConstrainedInt):
    strict, ge, le = True, 0, 720


class _Horizon(ConstrainedInt):
    strict, ge, le = True, 1, 365


class _Id(ConstrainedStr):
    strict, regex = True, re.compile(r"[a-z0-9][a-z0-9_-]{0,39}\Z")


class _Name(ConstrainedStr):
    strict, strip_whitespace, min_length, max_length = True, True, 1, 200


class Schedule(_Part):
    """The hours of a practitioner, or of the clinic as a whole."""

    id: _Id
    name: _Name
    weekly: Weekly
    length_minutes: _Minutes | None = None
    away: tuple[Away, ...] = ()

    def is_away(self, day: dt.date) -> bool:
        """Tell whether nothing is offered on that day."""
        return any(away.first <= day <= away.last for away in self.away)


class Availability(_Part):
    """All that decides which times are offered."""

    time_zone: str
    confirmation: Literal["staff", "at_once"]
    length_minutes: _Minutes
    buffer_minutes: _Buffer
    notice_hours: _Notice
    horizon_days: _Horizon
    holidays: tuple[Holiday, ...]
    schedules: tuple[Schedule, ...]

    @validator("time_zone")
    def _known_zone(cls, value: str) -> str:  # noqa: N805 - pydantic passes the class
        if value not in available_timezones():
            raise ValueError(f"{value!r} is no time zone; write an IANA name, as America/New_York")
        return value

    @validator("holidays", pre=True, each_item=True)
    def _with_or_without_why(cls, value: object) -> object:  # noqa: N805 - pydantic passes the class
        return value if isinstance(value, Mapping) else {"date": value}

    @validator("schedules")
    def _some_each_id_once(cls, value: tuple[Schedule, ...]) -> tuple[Schedule, ...]:  # noqa: N805 - pydantic passes the class
        if not value:
            raise ValueError("there is none; write at least one, as bot/booking/example.yml shows")
        ids = [schedule.id for schedule in value]
        for each in ids:
            if ids.count(each) > 1:
                raise ValueError(f"the id {each!r} stands here more than once; give each schedule its own")
        return value

    @root_validator(skip_on_failure=True)
    def _offers_something(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805 - pydantic passes the class
        if values["notice_hours"] >= values["horizon_days"] * _DAY_HOURS:
            raise ValueError("notice_hours reaches beyond horizon_days, so that nothing is offered; lower notice_hours")
        for schedule in values["schedules"]:
            minutes = schedule.length_minutes or values["length_minutes"]
            if not schedule.weekly.spans:
                raise ValueError(f"the schedule {schedule.id!r} has no hours; give it some or leave it out")
            for span in schedule.weekly.spans:
                if span.ends - span.begins < minutes:
                    raise ValueError(
                        f"the schedule {schedule.id!r} has hours shorter than an appointment of {minutes} minutes; "
                        "lengthen them or lower length_minutes"
                    )
        return values

    @property
    def zone(self) -> ZoneInfo:
        """The clinic's time zone."""
        return ZoneInfo(self.time_zone)

    def minutes_of(self, schedule: Schedule) -> int:
        """Return the length of an appointment in minutes."""
        return schedule.length_minutes or self.length_minutes

    def name_of(self, schedule_id: str) -> str:
        """Return the name of a schedule; its id if the file does not have it any more."""
        return next((each.name for each in self.schedules if each.id == schedule_id), schedule_id)

    def is_holiday(self, day: dt.date) -> bool:
        """Tell whether the clinic is closed on that day."""
        return any(holiday.date == day for holiday in self.holidays)


def load_availability(path: Path) -> Availability:
    """Return the clinic's hours.

    Raises ConfigurationError naming the file, each place in it, what is wrong there and how to write it.
    """
    given = hours_file.read(path)
    try:
        return Availability.parse_obj(given)
    except ValidationError as error:
        raise hours_file.explained(path, error) from error
