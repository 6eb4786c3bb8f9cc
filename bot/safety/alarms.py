"""What an alarm does to a conversation: it stays until the visitor says that help is there, or that none is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bot.safety.afterwards import Said, buttons
from bot.safety.replies import safety_texts
from bot.safety.verdicts import CRISIS, OVERDOSE, Verdict

Kind = Literal["emergency", "crisis", "handoff", "smalltalk"]
_NEVER_OLD: Final = OVERDOSE | {CRISIS}
_REACH_US: Final = {"emergency": "clinic_phone", "urgent": "clinic_phone_urgent"}


@dataclass(frozen=True)
class OpenAlarm:
    """An alarm that stays: its level, its family, the language it was raised in, and what raised it."""

    level: Literal["emergency", "crisis"]
    family: str
    language: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class SettledAlarm:
    """An alarm that the visitor has ended, and by saying what."""

    names: tuple[str, ...]
    how: str


@dataclass(frozen=True)
class SafetyReply:
    """A reply made of approved texts."""

    kind: Kind
    topic: str
    text: str
    buttons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Response:
    """What triage answers, in place of the assistant, and what becomes of the alarm.

    ``raised``: staff have to be told, and with a level other than "urgent" it stays. ``settled``: the open one ends so.
    """

    replies: tuple[SafetyReply, ...]
    raised: bool = False
    settled: Said | None = None


def respond(
    verdict: Verdict,
    said: Said,
    alarm: OpenAlarm | None,
    settled: Sequence[SettledAlarm] = (),
    *,
    phone: str = "",
    channel: str = "web",
) -> Response | None:
    """Return what is to be answered at once, or None if the message is for the assistant.

    ``said``: what the message says about the alarm that is open; ``settled``: alarms that are over.
    """
    texts = _Texts(alarm.language if alarm and verdict.language == "en" else verdict.language, channel, phone)
    if alarm is None:
        if verdict.level == "none" or _known(verdict, settled):
            return None
        return Response(texts.alarm(verdict), raised=True)
    if _ends(said, alarm, verdict):
        return Response((texts.ended(said, alarm),), settled=said)
    if verdict.is_alarm and (verdict.level != alarm.level or _text_of(verdict) != _text_of(alarm)):
        return Response(texts.alarm(verdict), raised=True)
    return Response((texts.still(alarm),))


def _ends(said: Said, alarm: OpenAlarm, verdict: Verdict) -> bool:
    """Whether the alarm ends. Signs in the same message let it stay, unless help is there already."""
    if said == "getting_help":
        return True
    if said == "long_standing":
        return alarm.family not in _NEVER_OLD and not verdict.is_alarm
    return said == "mistake" and not verdict.is_alarm


def _known(verdict: Verdict, settled: Sequence[SettledAlarm]) -> bool:
    """Whether all that fired was called old or a mistake before, and nothing is said to be new or worse."""
    known = {name for each in settled if each.how != "getting_help" for name in each.names}
    return not verdict.changing and verdict.level != "crisis" and {each.name for each in verdict.fired} <= known


def _text_of(alarm: Verdict | OpenAlarm) -> str:
    if alarm.level == "crisis":
        return "crisis"
    return "overdose" if alarm.family in OVERDOSE else alarm.level


class _Texts:
    def __init__(self, language: str, channel: str, phone: str) -> None:
        self._language = language
        self._channel = channel
        self._phone = phone

    def alarm(self, verdict: Verdict) -> tuple[SafetyReply, ...]:
        name = _text_of(verdict)
        text = " ".join([self._text(name), *self._reach_us(name)])
        if name == "urgent":
            return (SafetyReply("handoff", "talk_to_human", text),)
        kind: Kind = "crisis" if name == "crisis" else "emergency"
        said = [SafetyReply(kind, kind, text)]
        if verdict.also_crisis and name != "overdose":
            said.append(SafetyReply("crisis", "crisis", self._text("crisis")))
        return (*said, SafetyReply(kind, kind, self._text(f"ask_{kind}"), self._buttons(verdict.family)))

    def still(self, alarm: OpenAlarm) -> SafetyReply:
        text = self._text(f"still_{_text_of(alarm)}")
        return SafetyReply(alarm.level, alarm.level, text, self._buttons(alarm.family))

    def ended(self, said: Said, alarm: OpenAlarm) -> SafetyReply:
        name = f"crisis_{said}" if alarm.level == "crisis" else said
        return SafetyReply("smalltalk", "smalltalk", self._text(name))

    def _text(self, name: str) -> str:
        return safety_texts()[name].said(language=self._language, channel=self._channel)

    def _buttons(self, family: str | None) -> tuple[str, ...]:
        return buttons(self._language, may_be_old=family not in _NEVER_OLD)

    def _reach_us(self, name: str) -> list[str]:
        wanted = _REACH_US.get(name)
        return (
            [self._text(wanted).format(phone=self._phone)] if wanted and self._phone and self._channel == "web" else []
        )
