"""Picking from a list that was shown: by number, by place, "the earliest", "any"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from bot.booking.words.tidy import BLANK, Rest, clauses

_ORDINALS: Final = {
    word: place
    for place, word in enumerate(("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"), start=1)
}
_ORDINAL: Final = "|".join(_ORDINALS)
# "1" is "one" as people text it.
_THING: Final = (
    "(?:one|1|option|choice|slot|time|opening|appointment|on the list|of (?:those|these|them)|"
    "(?:that |which )?(?:you|u) (?:said|mentioned|listed|named|gave|offered|wrote|showed|had))"
)
_CUED: Final = re.compile(
    r"(?<![\w/])(?:#|no\.? ?(?=\d)|num(?:ber)?\.? ?#?|option ?#?|choice ?#?|slot ?#?)(?P<n>\d{1,2})\b(?!:)"
    rf"|\b(?P<nth>\d{{1,2}})(?:st|nd|rd|th) {_THING}\b"
    rf"|\b(?P<word>{_ORDINAL}) {_THING}\b(?! you have)"
    rf"|\b(?:take|pick|choose|go (?:with|w/?|for)|want|prefer) (?:the )?(?P<wanted>{_ORDINAL})(?= ?(?:$|[.,!;]|please|"
    rf"pls|thanks))"
    r"|\b(?:take|pick|choose|go (?:with|for)|want|do|lets do|let's do) (?:the )?(?P<taken>\d{1,2})(?= ?(?:$|[.,!;]|"
    r"please|"
    r"pls|thanks|thx|or\b))(?! ?[ap]m)"
    r"|(?:^|[.,!;] ?)(?P<good>\d{1,2})(?= ?(?:\)|works?|is (?:good|fine|great|ok|perfect)|would (?:work|be)|sounds))"
    r"|^(?P<polite>\d{1,2})(?= ?,? ?(?:please|pls|plz|thanks|thank))"
    r"|^(?P<one>\d{1,2}) or (?P<other>\d{1,2})(?= ?(?:$|[.,!]|works?|please|is|are|either))"
)
_WORDED: Final = re.compile(rf"^(?P<word>{_ORDINAL})$")
_NTH: Final = re.compile(r"^(?P<nth>\d{1,2})(?:st|nd|rd|th)$")
_ON_THE: Final = re.compile(r"\bon the\b")
_LATER: Final = re.compile(r"\b(?:the )?(?:(?P<last>later|latter)|earlier|former) one\b")
_FIRST: Final = re.compile(
    r"\b(?:earliest|soonest|asap|nearest|whichever (?:is |comes |one is )?(?:first|next)|"
    r"as (?:soon|early) as (?:possible|you can|u can)|next (?:available|opening|"
    r"free|one|possible)|right away|"
    r"first (?:available|opening|free|possible|avail|thing you have|(?:one )?(?:that )?(?:you|u) (?:have|got)|"
    r"(?:available )?(?:appointment|slot|opening|time)"
    r"(?: available| you have)?))\b"
)
_FIRST_ON: Final = re.compile(r"\bfirst (?=(?:mon|tues?|wed|thu|fri|sat|sun|morning|afternoon|evening))")
_LAST: Final = re.compile(
    r"\b(?:the )?(?:last|latest)(?: (?:one|option|choice|slot|time|on the list|you have))?\b(?! (?:week|month|year|"
    r"night|time|name|mon|tue|wed|thu|fri|sat|sun))"
)
_ANY: Final = re.compile(
    r"\b(?:any(?:thing|time| ?one)?(?: of (?:them|those|these))?(?: (?:time|day|slot))?(?! (?:else|other|but|later|"
    r"earlier|different|sooner|info|question|pain|of the))|whichever|whatever|whenever|"
    r"either|(?:you|u) (?:choose|pick|decide)|(?:i )?(?:don'?t|do not) (?:care|mind)|(?:doesn'?t|does not) matter|"
    r"no preference|"
    r"all (?:of (?:them|those|these) )?work|(?:i'?m )?(?:flexible|wide open|easy)|surprise me)\b"
)
_REFUSED: Final = re.compile(
    r"\b(?:none(?: of)?|neither|nothing(?! before| after| earlier| later)|something else|other (?:times?|days?|"
    r"options?|dates?)|another (?:time|day|date)|anything else|different (?:time|day|date)|"
    r"(?:can'?t|cannot)(?!(?: \w+){0,2} (?:before|after|until))|doesn'?t(?! matter)|don'?t work|won'?t|do not work|"
    r"not(?! before| after| until| earlier| later| any ?time| matter))\b"
)
_FILLERS: Final = re.compile(
    r"\b(?:please|pls|plz|thanks|thank you|thx|ty|ok|okay|k|yes|yeah|yep|sure|hi|hello|hey|um|uh|hmm|well|so|oh|the|"
    r"a|an|i'?ll|i|we|will|take|"
    r"let'?s|lets|do|go|going|with|for|can|could|may|have|get|book|me|my|us|want|would|like|i'?d|id|prefer|"
    r"preferably|work|works|is|are|be|it|it'?s|its|that|"
    r"that'?s|thats|this|good|fine|great|perfect|best|better|ideal|guess|think|maybe|probably|pick|choose|choice|at|"
    r"on|in|to|and|or|of|there|then|possible|possibly|if|you|u|your|"
    r"any|anything|sometime|time|times|only|just|ideally|around|about|between|free|available|availability|ones?|"
    r"slots?|appointment|appt|come|schedule|am|pm|make|"
    r"mostly|usually|either|some|day|days|whatever|later|earlier|here|by|after|before|from|instead|not|but|all|every|"
    r"same|also|too|really|no|nope|nah|wait|sorry|actually|should|meant|supposed|"
    r"how|does|what|when|need|say|put|down|change|move|switch|rather|soon|early|late|ill)\b"
)
_POLITE: Final = re.compile(
    r"\b(?:please|pls|plz|thanks|thank you|thx|ty|ok|okay|k|yes|yeah|yep|sure|hi|hello|hey|um|uh|hmm|well|so|oh|the|"
    r"i'?ll|i|we|will|take|let'?s|lets|"
    r"do|go with|can|could|have|get|book|me|for|want|would|like|i'?d|prefer|works?|is|be|it|it'?s|its|that|that'?s|"
    r"thats|this|good|fine|great|perfect|"
    r"best|guess|think|maybe|probably|pick|choose|slot|appointment|then|instead)\b"
)
_SIGNS: Final = re.compile(rf"[^\w#]+|{BLANK}|_")


@dataclass
class Pick:
    """What a message picks: places from 1, a number alone, "3rd" or "the 3rd" alone, or a superlative."""

    places: list[int] = field(default_factory=list)
    alone: int | None = None
    nth: int | None = None
    the_nth: bool = False
    first: bool = False
    last: bool = False
    any: bool = False
    refused: bool = False


def read_pick(rest: Rest, *, asked: bool) -> Pick:
    """Take what a message in plain words picks; where nothing was asked, only "first available" and the like."""
    pick = Pick()
    pick.first = bool(rest.take_all(_FIRST)) or bool(rest.take(_FIRST_ON))
    if not asked:
        return pick
    parts = [_bare(part) for part in clauses(rest.text)]
    for part in parts:
        if part.lstrip("#").isdecimal() and len(part) <= len("#99"):
            pick.alone = int(part.lstrip("#"))
        worded = _WORDED.match(part)
        if worded:
            pick.places.append(_ORDINALS[worded["word"]])
        nth = _NTH.match(part)
        if nth and len(parts) == 1 and not _ON_THE.search(rest.text):
            pick.nth = int(nth["nth"])
            pick.the_nth = "the" in rest.text
            rest.text = ""
    pick.refused = bool(_REFUSED.search(rest.text))
    text = rest.text
    for found in rest.take_all(_CUED):
        if _denied(text, found):
            continue
        said = {name: value for name, value in found.groupdict().items() if value}
        pick.places += [_ORDINALS[value] if name in {"word", "wanted"} else int(value) for name, value in said.items()]
    later = rest.take(_LATER)
    pick.first |= bool(later and not later["last"])
    pick.last = bool(rest.take(_LAST) or (later and later["last"])) and not pick.places
    pick.any = bool(rest.take_all(_ANY)) and not pick.refused and not without_fillers(rest.text)
    return pick


def _bare(words: str) -> str:
    return " ".join(re.sub(r"[^\w#']+|_", " ", _POLITE.sub(" ", words)).split())


def _denied(text: str, found: re.Match[str]) -> bool:
    before = re.split(r"[,.;!?\n]", text[max(0, found.start() - 25) : found.start()])[-1]
    return bool(_REFUSED.search(before) or _REFUSED.match(text[found.end() : found.end() + 25].lstrip(" ")))


def without_fillers(words: str) -> str:
    """Return what is left of plain words without politeness, small words, signs and what was read already."""
    return " ".join(_SIGNS.sub(" ", _FILLERS.sub(" ", words)).split())
