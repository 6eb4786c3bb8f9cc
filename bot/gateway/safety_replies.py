"""Between triage, which knows nothing of the log, and the log, which knows nothing of triage."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from bot.conversations.records import Alarm, AtOnce, Button, RaisedAlarm, Reply
from bot.safety.afterwards import STAYS
from bot.safety.alarms import OpenAlarm, SettledAlarm, respond
from bot.safety.verdicts import CRISIS, Fired, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.conversations.records import Channel, Understanding
    from bot.safety.afterwards import Said
    from bot.safety.alarms import SafetyReply

_SAFETY_TOPICS: Final = ("emergency", CRISIS)


def at_once(
    verdict: Verdict,
    said: Callable[[], Said],
    alarms: Sequence[Alarm],
    *,
    phone: str,
    channel: Channel,
    asks: bool = False,
) -> AtOnce | None:
    """Return what triage answers in place of the assistant, or None. ``said`` is only asked while an alarm is open.

    ``asks``: the message asks something, which the assistant has to answer too if it ends the alarm.
    """
    opened = next((alarm for alarm in alarms if alarm.settled_at is None), None)
    settled = [SettledAlarm(alarm.names, alarm.settled_how) for alarm in alarms if alarm.settled_how]
    response = respond(
        verdict,
        said() if opened else STAYS,
        None if opened is None else OpenAlarm(_level(opened), opened.family, opened.language, opened.names),
        settled,
        phone=phone,
        channel=channel,
    )
    if response is None:
        return None
    return AtOnce(
        replies=tuple(map(_reply, response.replies)),
        raised=_raised(verdict) if response.raised else None,
        settled_how=response.settled,
        goes_on=asks and response.settled is not None,
    )


def by_assistant(understanding: Understanding, *, language: str, words: str) -> Verdict | None:
    """Return the verdict for a message in which the assistant's classifier found a red flag that triage had not."""
    label = understanding.label or ""
    level, _, family = label.partition("/")
    if level not in _SAFETY_TOPICS:
        return None
    fired = Fired("assistant", label, family or level, level, words, understanding.confidence or 0.0)  # type: ignore[arg-type]
    return Verdict(fired=(fired,), language=language)


def triage_record(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as it is kept beside its message, for staff and for tests."""
    return {
        "level": verdict.level,
        "fired": [asdict(each) for each in verdict.fired],
        "held_back": [{"name": name, "why": why} for name, why in verdict.held_back],
        "nearness": verdict.nearness,
        "language": verdict.language,
    }


def _level(alarm: Alarm) -> Any:
    return alarm.level


def _raised(verdict: Verdict) -> RaisedAlarm:
    names = tuple(dict.fromkeys(each.name for each in verdict.fired))
    return RaisedAlarm(verdict.level, verdict.family or verdict.level, verdict.language, names)  # type: ignore[arg-type]


def _reply(reply: SafetyReply) -> Reply:
    return Reply(
        text=reply.text,
        kind=reply.kind,
        topic=reply.topic,
        buttons=tuple(Button(title, title) for title in reply.buttons),
    )
