"""Times of day in a visitor's words: hours, parts of the day, and from when or until when."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import time
from typing import Final, Literal

from bot.booking.words.tidy import Rest

Part = Literal["morning", "afternoon", "evening"]

NOON: Final = time(12)
EVENING: Final = time(17)
_HOURS: Final = 24
_HALF: Final = 12
_MINUTES: Final = 60
_EARLIEST: Final = 7  # an hour without am or pm is one of 7 to 18 o'clock
_MOST: Final = 6
_NAMED: Final = {
    "noon": time(12),
    "midday": time(12),
    "lunch": time(13),
    "lunchtime": time(13),
    "work": time(17),
    "school": time(15),
}
_T: Final = (
    r"(?:(?P<h{0}>\d{{1,2}})(?:[:.](?P<m{0}>\d{{2}}))? ?(?P<ap{0}>am|pm|a|p)?\b(?:ish)?(?: ?o'? ?clock)?(?![\d/%]|"
    r"st\b|nd\b|rd\b|th\b| ?weeks?\b| ?days?\b"
    r"| ?months?\b)|(?P<w{0}>noon|midday|lunch(?:time)?|work|school))"
)
_HOUR: Final = _T.replace("|work|school", "")  # "I work until 3" is no range
_RANGE: Final = re.compile(
    rf"\b(?:between|from)? ?(?<![\d/:.-]){_HOUR.format(1)} ?(?:-|to|and|until|till|thru|through) ?{_HOUR.format(2)}"
)
_AFTER: Final = re.compile(
    r"\b(?:(?:not|nothing|(?:can'?t|cannot)(?: (?:do|come|make|make it))?) (?:any ?time |any ?thing )?before|"
    r"no earlier than|not earlier than|not until|later than|after|past|from|starting(?: at)?|as of|(?:work|working|"
    r"busy|teach|in class|at work) (?:until|till?|to)|"
    r"(?:get|getting|am|i'?m) (?:off|out|done)(?: (?:of |from |with )?work)? (?:at|by|around)) (?:about |"
    r"around |like |"
    rf"my )?{_T.format(1)}(?: on\b(?!wards))?"
)
_BEFORE: Final = re.compile(
    r"\b(?:no later than|not later than|(?:not|nothing|(?:can'?t|cannot)(?: (?:do|come|make|"
    r"make it))?) (?:any ?time |any ?thing )?after|not past|earlier than|before|by|until|till|up to) (?:about |"
    r"around |like )?"
    rf"{_T.format(1)}"
)
_OR_LATER: Final = re.compile(
    rf"(?<![\d/:.-]){_T.format(1)} ?(?:or (?:later|after)|and (?:later|after)|onwards?|on wards|\+)"
)
_OR_EARLIER: Final = re.compile(rf"(?<![\d/:.-]){_T.format(1)} ?(?:or|and) (?:earlier|before)")
_AROUND: Final = re.compile(
    rf"\b(?:around|about|approx(?:imately)?|roughly|~|near|close to)(?: at)? ?{_T.format(1)}|"
    rf"(?<![\d/:.-])(?P<ish>\d{{1,2}})ish\b"
)
_PAST_HOUR: Final = re.compile(
    r"\b(?P<how>half(?: past)?|quarter (?:past|after|to|of|til|till)) (?P<h>\d{1,2})\b(?: ?(?P<ap>am|pm))?"
)
_CLOCK: Final = re.compile(
    r"(?<![\w/:.$-])(?:at |@ ?)?(?:(?P<h>\d{1,2})[:.h](?P<m>\d{2})(?! ?[./:]\d) ?(?P<ap>am|pm|a|p)?(?![\w%])"
    r"|(?P<h4>\d{1,2})(?P<m4>\d{2}) ?(?P<ap4>am|pm)\b|(?P<h2>\d{1,2}) ?(?P<ap2>am|pm)\b|(?P<h5>\d{1,2})(?P<ap5>[ap])\b"
    r"|(?P<h3>\d{1,2}) ?o'? ?clock\b)"
)
_AT: Final = re.compile(r"(?:\bat |@ ?)(?P<h>\d{1,2})(?:(?P<m>00|15|30|45))?(?![\w/:.%]|-\d)")
_NOON: Final = re.compile(
    r"\b(?:at |@ ?|12 )?(?P<w>noon|midday)\b|\b(?:at )?(?P<midnight>midnight)\b|\b(?:at |over |during |"
    r"around )?(?P<lunch>lunch(?:time| hour|break)?)\b"
)
_NUMBER: Final = re.compile(r"(?<![\w/:.#$%-])(?P<h>\d{1,2}) ?(?P<m>00|15|30|45)?(?![\w/:%]|\.\d|-\d)")
_PART: Final = re.compile(
    r"(?:\b(?P<early>early|earlier|first thing)|\b(?P<late>late|later|end of)|\bmid)?[ -]?(?:in |on |of )?(?:the |"
    r"this )?(?:in the )?\b(?:(?P<morning>mornings?|a\.?m|ams)|(?P<afternoon>"
    r"after ?noons?|p\.?m|pms)|(?P<evening>evenings?|nights?|tonight))\b|\b(?P<thing>first thing)\b|"
    r"\b(?P<day>end of (?:the )?day|late in (?:the )?day|late (?:as|"
    r"in the day)|later in the day)\b"
)
_NOT: Final = re.compile(
    r"(?:\bnot(?: before)?|\bnever|\bexcept|\banything but|\bother than|\bavoid|\bcan'?t(?: do| come| make(?: it)?)?|"
    r"\bcannot(?: do)?|\bdon'?t want)"
    r"(?: (?:on|a|any|for|in|the|free|available|early|late))* ?$"
)
_NO_PLURAL: Final = re.compile(r"\bno(?: early| late)? ?$")
_NOT_AFTER: Final = re.compile(
    r"^ ?(?:(?:do|does|is|are|will|would)(?:n'?t| not) (?:work|good|possible|suit|ok)|(?:is|are) (?:out|bad|no good|"
    r"not)|won'?t (?:work|do)|no good)"
)


@dataclass
class Hours:
    """What a message says on the time of day. Each of ``at`` holds one hour's readings, the likelier first."""

    at: list[tuple[time, ...]] = field(default_factory=list)
    around: list[tuple[time, ...]] = field(default_factory=list)
    after: time | None = None
    before: time | None = None
    parts: set[Part] = field(default_factory=set)
    excluded: bool = False  # it says when not
    impossible: str | None = None

    @property
    def said(self) -> bool:
        """Whether it says anything on the time of day that can be."""
        return bool(self.at or self.around or self.after or self.before or self.parts)

    def later_than(self, moment: time) -> None:
        """Narrow to this time and later ones."""
        self.after = max(self.after or moment, moment)

    def earlier_than(self, moment: time) -> None:
        """Narrow to earlier times."""
        self.before = min(self.before or moment, moment)


def read_hours(rest: Rest) -> Hours:
    """Take what a message in plain words, its days taken already, says on the time of day."""
    hours = Hours()
    for found in rest.take_all(_PAST_HOUR):
        _past_hour(found, hours)
    _bounds(rest, hours)
    for found in _wanted(rest, _CLOCK, hours):
        said = found.groupdict()
        hour = next(said[name] for name in ("h", "h2", "h3", "h4", "h5") if said[name])
        minute = said["m"] or said["m4"] or "0"
        readings = _readings(hour, minute, said["ap"] or said["ap2"] or said["ap4"] or said["ap5"])
        _add(readings, found[0], hours)
    for found in _wanted(rest, _AT, hours):
        _add(_readings(found["h"], found["m"] or "0", None), found[0], hours)
    for found in rest.take_all(_NOON)[:_MOST]:
        if found["lunch"]:
            hours.later_than(time(11, 30))
            hours.earlier_than(time(13, 30))
        else:
            hours.at.append((time(0),) if found["midnight"] else (NOON,))
    _parts(rest, hours)
    return hours


def _wanted(rest: Rest, pattern: re.Pattern[str], hours: Hours) -> list[re.Match[str]]:
    """Take the hours, and return those that are not said to be out of the question."""
    text = rest.text
    found = rest.take_all(pattern)[:_MOST]
    wanted = [
        each for each in found if not _NOT_AFTER.match(text[each.end() :]) and not _NOT.search(text[: each.start()])
    ]
    hours.excluded |= len(wanted) < len(found)
    return wanted


def bare_hours(rest: Rest, hours: Hours) -> None:
    """Take the numbers that are left as hours: "tues 9", "930"."""
    for found in rest.take_all(_NUMBER)[:_MOST]:
        readings = _readings(found["h"], found["m"] or "0", None)
        if readings:
            hours.at.append(readings)


def part_of(moment: time) -> Part:
    """Return the part of the day that a time belongs to."""
    return "morning" if moment < NOON else "afternoon" if moment < EVENING else "evening"


def _add(readings: tuple[time, ...], words: str, hours: Hours) -> None:
    if readings:
        hours.at.append(readings)
    else:
        hours.impossible = hours.impossible or words.strip()


def _readings(hour: str, minute: str, half: str | None) -> tuple[time, ...]:
    """Return the times that these figures may mean, the likelier first; none if there is no such time."""
    number, minutes = int(hour), int(minute)
    if number >= _HOURS or minutes >= _MINUTES or (half and not 1 <= number <= _HALF):
        return ()
    if half:
        return (time(number % _HALF + (_HALF if half.startswith("p") else 0), minutes),)
    if number > _HALF or number == 0:
        return (time(number, minutes),)
    early, late = time(number % _HALF, minutes), time(number % _HALF + _HALF, minutes)
    return (early, late) if _EARLIEST <= number < _HALF else (late, early)


def _bound(found: re.Match[str], which: int, half: str | None = None) -> tuple[time, ...]:
    named = found[f"w{which}"]
    if named:
        return (_NAMED[named],)
    return _readings(found[f"h{which}"], found[f"m{which}"] or "0", found[f"ap{which}"] or half)


def _bounds(rest: Rest, hours: Hours) -> None:
    for found in rest.take_all(_RANGE):
        last = _bound(found, 2)
        first = _bound(found, 1, found["ap2"])
        if last and first and first[0] >= last[0]:
            first = _bound(found, 1)
        if last and first and first[0] >= last[0]:
            last = tuple(each for each in last if each > first[0])
        if not (first and last):
            hours.impossible = hours.impossible or found[0].strip()
            continue
        hours.later_than(first[0])
        hours.earlier_than(last[0])
    for pattern, narrow in (
        (_OR_LATER, hours.later_than),
        (_OR_EARLIER, hours.earlier_than),
        (_AFTER, hours.later_than),
        (_BEFORE, hours.earlier_than),
    ):
        for found in rest.take_all(pattern):
            readings = _bound(found, 1)
            if readings:
                narrow(readings[0])
            else:
                hours.impossible = hours.impossible or found[0].strip()
    for found in rest.take_all(_AROUND):
        readings = _readings(found["ish"], "0", None) if found["ish"] else _bound(found, 1)
        if readings:
            hours.around.append(readings)


def _past_hour(found: re.Match[str], hours: Hours) -> None:
    how = found["how"]
    minute = "30" if how.startswith("half") else "15" if how.endswith(("past", "after")) else "45"
    hour = found["h"] if minute != "45" else str((int(found["h"]) - 2) % _HALF + 1)
    _add(_readings(hour, minute, found["ap"]), found[0], hours)


def _parts(rest: Rest, hours: Hours) -> None:
    for found in list(_PART.finditer(rest.text))[:_MOST]:
        before, after = rest.text[: found.start()], rest.text[found.end() :]
        if found["thing"] or found["day"]:
            (hours.earlier_than if found["thing"] else hours.later_than)(time(10) if found["thing"] else time(15))
            rest.blank(found)
            continue
        part: Part = "morning" if found["morning"] else "afternoon" if found["afternoon"] else "evening"
        plural = (found["morning"] or found["afternoon"] or found["evening"]).endswith("s")
        rest.blank(found)
        if _NOT.search(before) or _NOT_AFTER.match(after) or (plural and _NO_PLURAL.search(before)):
            hours.excluded = True
            _without(part, early=bool(found["early"]), late=bool(found["late"]), hours=hours)
            continue
        hours.parts.add(part)
        if found["early"]:
            hours.earlier_than({"morning": time(10), "afternoon": time(15), "evening": time(19)}[part])
        elif found["late"]:
            hours.later_than({"morning": time(10), "afternoon": time(15), "evening": time(19)}[part])


def _without(part: Part, *, early: bool, late: bool, hours: Hours) -> None:
    if part == "morning" and not late:
        hours.later_than(time(10) if early else NOON)
    elif part == "afternoon":
        hours.earlier_than(time(15) if late else NOON)
    elif part == "evening":
        hours.earlier_than(EVENING)
