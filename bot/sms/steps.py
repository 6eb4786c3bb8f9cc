"""Decides what an incoming text is, before the assistant sees it: a word to the carrier, a pick, a code, or words."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bot.sms.codes import code_in
from bot.sms.consent import Word, carrier_word, confirms, refuses
from bot.sms.numbers import TextIn
from bot.sms.picking import picked
from bot.sms.wording import Choice

Does = Literal[
    "say",  # for the assistant
    "nothing",  # written down, not answered
    "opt_out",
    "opt_in",
    "help",
    "ask_to_stop",
    "keep_texts",
    "more",
    "pick_a_number",
    "join_chat",
    "leave_chat",
    "only_pictures",
    "no_words",
    "other_script",
]
_MOSTLY: Final = 0.5


@dataclass(frozen=True)
class Step:
    """What is done with a text.

    ``words``: what counts as said; ``how``: by what a telephone opted out or in; ``answered``: Twilio has replied.
    """

    does: Does
    words: str
    how: str = ""
    answered: bool = False
    choice: Choice | None = None
    code: str = ""


def step_of(
    text: TextIn,
    *,
    opted_out: bool,
    asked_to_stop: bool,
    choices: Sequence[Choice] = (),
    is_alarm: bool = False,
    is_booking: bool = False,
) -> Step:
    """Return what a text is.

    ``is_alarm``: triage found a red flag in it; then it is nothing else, unless it is a single word to the carrier.
    ``asked_to_stop``: the telephone was asked whether it wants no more texts. ``choices``: what is on offer.
    ``is_booking``: the choices are about a booking, which no word to the carrier may confirm.
    """
    word = carrier_word(text.words)
    if text.handled:
        return _handled(text)
    if is_alarm and word is None:
        return Step("nothing" if opted_out else "say", text.words)
    if opted_out:
        return _from_opted_out(text.words, word)
    if word in {"stop", "help"}:
        return Step("opt_out" if word == "stop" else "help", text.words, how=_bare(text.words))
    if word == "yes" and is_booking and choices and not asked_to_stop:
        return Step("pick_a_number", text.words)
    return _about_texts(text.words, choices, asked=asked_to_stop) or _picked(text, choices) or _plain(text)


def _from_opted_out(words: str, word: Word | None) -> Step:
    return Step("opt_in", words, how=_bare(words)) if word in {"start", "yes"} else Step("nothing", words)


def _handled(text: TextIn) -> Step:
    if text.handled == "STOP":
        return Step("opt_out", text.words, how="STOP", answered=True)
    if text.handled == "START":
        return Step("opt_in", text.words, how="START", answered=True)
    return Step("nothing", text.words)


def _about_texts(words: str, choices: Sequence[Choice], *, asked: bool) -> Step | None:
    if not asked:
        return Step("ask_to_stop", words) if refuses(words) else None
    chosen = picked(choices, words)
    wanted = {"no_more_texts": True, "keep_texts": False}.get(chosen.does) if chosen else confirms(words)
    if wanted is None:
        return None
    return Step("opt_out", words, how="in other words") if wanted else Step("keep_texts", words)


def _picked(text: TextIn, choices: Sequence[Choice]) -> Step | None:
    chosen = picked(choices, text.words)
    if chosen is None or chosen.does in {"no_more_texts", "keep_texts"}:
        return None
    words = chosen.say if chosen.does == "say" else text.words
    return Step(chosen.does, words, choice=chosen)  # type: ignore[arg-type]  # the two that it does not know are gone


def _plain(text: TextIn) -> Step:
    words = text.words
    if code := code_in(words):
        return Step("join_chat", words, code=code)
    if not words.strip():
        return Step("only_pictures" if text.pictures else "no_words", words)
    return Step("other_script" if _is_foreign(words) else "say", words)


def _is_foreign(words: str) -> bool:
    letters = [sign for sign in words if sign.isalpha()]
    foreign = sum("LATIN" not in unicodedata.name(sign, "LATIN") for sign in letters)
    return bool(letters) and foreign > _MOSTLY * len(letters)


def _bare(words: str) -> str:
    wide = unicodedata.normalize("NFKC", words)
    return "".join(sign for sign in wide if sign.isalnum()).upper()
