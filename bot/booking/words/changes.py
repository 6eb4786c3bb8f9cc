"""What a message wants done with a consultation that was booked: move, cancel, keep or look up. By narrow patterns."""

from __future__ import annotations

import re
from typing import Final, Literal

from bot.booking.words.answers import is_yes
from bot.booking.words.tidy import BLANK, tidy

Change = Literal["move", "cancel", "keep", "look_up", "by_office"]

_LONGEST: Final = 1_000  # characters in which it is looked for
_THE: Final = r"(?:(?:my|the|our|this|that|his|her|their|dad's|mom's|an?|whole|entire|other|old|current) )*"
_NOUN: Final = r"(?:appointments?|appts?|apt|consults?|consultations?|visits?|bookings?|slots?|reservations?)"
_WHAT: Final = (
    rf"(?:it|that|this|me|us|yours|ours|{_THE}(?:\S+ ){{0,2}}?(?:{_NOUN}|requests?|times?|dates?|spot|call ?back))"
)
_DAY: Final = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?"
_TIME: Final = (
    rf"(?:(?:on|at|for|to|in|like|the|a|an|any|some|this|next) )*(?:{_DAY}|\d|noon|tomorrow|tmrw|morning|afternoon|"
    r"week|month|later|earlier|sooner|another|different|other)"
)
_LATER: Final = r"(?:later|earlier|sooner)"
_PIECE: Final = r"(?:an?|one|two|three|a couple(?: of)?|a few|\d+) (?:hours?|days?|weeks?|months?)"

_CANCEL: Final = (
    r"cancel+(?:ing|ation)?(?!\w)",
    r"call(?:ing)? (?:\S+ ){0,4}?off|(?:be|been) called off",
    rf"(?:scrap|scratch|drop|delete|remove|ditch|withdraw|get rid of) (?:the whole thing|{_WHAT})",
    r"take (?:me|us|my name|\w+) off|take (?:it|that|me) out",
    rf"(?:don'?t|do not|no longer|no|won'?t) (?:need|want) {_THE}(?:{_NOUN}|it)(?: any ?more)?",
)
_MOVE: Final = (
    r"re-?sched\w*|postpon\w*|re-?book(?:ing)?",
    rf"(?:mov(?:e|ing)|shift|switch|swap|chang(?:e|ing)|delay|push|bump|transfer|adjust|bring|put|pull) {_WHAT}",
    rf"(?:mov(?:e|ing)|shift|switch|swap|chang(?:e|ing)|push) (?:to |it |{_NOUN}|{_TIME})",
    r"(?:push|bring|pull|brought|moved?|put) (?:\S+ ){0,3}?(?:back|forward|up|out|off)(?!\w)",
    r"be (?:moved|changed|switched|shifted|postponed|pushed|swapped)",
    r"(?:another|different|other|new|better) (?:time|day|date|hour|slot)",
    rf"(?:something|anything|some ?time|an?|to|any|come(?: in)?|little|bit) {_LATER}(?! to cancel)",
    rf"{_LATER} (?:time|date|day|slot|that|the same|in the|on|this|than)|{_PIECE} {_LATER}",
    rf"(?<!can't )(?<!cant )(?<!cannot )(?<!not )(?<!won't )make it {_TIME}",
    rf"(?:can|could) (?:we|i|you|u) (?:do|come(?: in)?|say|try|have) {_TIME}|how about {_TIME}",
    rf"{_TIME}\S*(?: \S+){{0,3}} (?:instead|would be better|works? better|is better)",
)
_KEEP: Final = (
    rf"keep(?:ing)? {_WHAT}|(?:leave|let) (?:it|that|everything)(?: be| stand| alone| there| as| the way|$)",
    r"never ?mind|nvm|changed? my mind about (?:cancel+ing|moving|changing)",
    (
        r"(?:don'?t|do not|dont|no need to|not going to|rather not|without) (?:want to |wanna |need to |please )?"
        r"(?:cancel|move|change|re-?schedule|touch|switch|drop|delete|remove)"
    ),
    r"stay(?:s|ing)? (?:as (?:it|is)|the same|the way|put)|as it (?:is|was)(?!\w)|(?:undo|un-?cancel|revive|restore)",
    (
        r"(?:still )?want to keep|(?:i'?ll|i will|i do|we'?ll|we will|i am|i'm) (?:still |surely )?(?:be there|come"
        r" after all|coming after all|keep)|(?:want|need) it back"
    ),
)
_LOOK_UP: Final = (
    (
        rf"(?:what|which) (?:time|day|date|hour)s? (?:is|was|did|am|do|are|will|have|does|should)(?: (?:it|that|i|we|u|"
        rf"you have|you expecting|you got|{_THE}(?:\S+ )?{_NOUN}))(?!\w)"
    ),
    rf"when(?:'s| is| was)? (?:it|that)(?!\w)|(?:when|what|where)(?:'?s| is| was| are)? {_THE}(?:\S+ )?{_NOUN}(?!\w)",
    r"when (?:am|do|did|are|should|will) (?:i|we)(?!\w)|what(?:'?s| is| was) the (?:time|day|date|hour)(?!\w)",
    r"still (?:on|have|booked|scheduled|down|there|standing|valid|good|happening|going)(?!\w)",
    r"(?:am|are|is) (?:i|we|he|she|my \w+) (?:still )?(?:booked|on|down|scheduled|confirmed|in)(?!\w)",
    rf"do (?:i|we) (?:still )?have (?:{_THE}(?:\S+ )?{_NOUN})|(?:go|went|gone) through",
    r"(?:is|was|has|have|been|did|were) (?:\S+ ){0,4}?(?:cancel+ed|moved|changed|confirmed|confirm)(?! that|\w)",
    (
        rf"(?:confirm|check|find|see|show|look ?up|retrieve|tell|verify|re-?send|know)(?: \S+){{0,2}}? "
        rf"(?:{_WHAT}|when|which|what time)"
    ),
    (
        rf"look(?:ing)? (?:{_THE}(?:\S+ )?{_NOUN} |it )?up|{_NOUN} (?:look ?up|status|details?|date|time)|"
        rf"(?:status|date|time|details?|hour) (?:of|for) {_THE}(?:\S+ )?{_NOUN}"
    ),
    r"(?:remind me|forgot|forget|can'?t remember|don'?t remember)(?: \S+){0,2}? (?:when|what|which|time|day|date)",
    r"(?:have|got) (?:me|us) (?:down )?for|(?:supposed|meant) to (?:be there|come)|just (?:check|confirm)ing",
)
_BY_OFFICE: Final = (
    r"(?:running|be|b|am|i'm|we're|is|come|arrive|arriving|about|getting there) (?:\S+ ){0,5}?(?<!too )late(?!\w)",
    r"\d+ ?(?:min|mins|minutes) (?:late|behind)|(?:running|minutes?) (?:\S+ ){0,4}?behind",
    (
        r"(?:chang\w*|updat\w*|fix|correct|wrong|switch|put) (?:\S+ ){0,4}?(?<!reference )(?:phone|number|cell|e-?mail|"
        r"name|contact|landline)"
    ),
    r"(?:video|phone|tele\w*|virtual|online|zoom) (?:visit|call|appointment|consult\w*)",
)
_KINDS: Final[dict[Change, re.Pattern[str]]] = {
    "cancel": re.compile(rf"(?<![\w'])(?:{'|'.join(_CANCEL)})"),
    "move": re.compile(rf"(?<![\w'])(?:{'|'.join(_MOVE)})"),
    "keep": re.compile(rf"(?<![\w'])(?:{'|'.join(_KEEP)})"),
    "look_up": re.compile(rf"(?<![\w'])(?:{'|'.join(_LOOK_UP)})"),
    "by_office": re.compile(rf"(?<![\w'])(?:{'|'.join(_BY_OFFICE)})"),
}
# Other things that can be cancelled, moved, kept or forgotten; and other people who cancel.
_OTHER_THINGS: Final = re.compile(
    r"\b(?:cancel\w*|scrap|scratch|drop|delete|remove|forget|move|change|keep|ignore|undo|switch|confirm|find|see|show|"
    r"tell) (?:(?!and\b|or\b|but\b|it\b)\S+ ){0,3}?"
    r"(?:messages?|questions?|answers?|texts?|repl(?:y|ies)|surger\w+|operations?|procedures?|injections?|mri|orders?|prescriptions?|refills?|meds?|medic\w+|subscriptions?|insurance|chats?|"
    r"conversation|topic|subject|doctors?|dose|pills?|sentence|part|legs?|arms?|neck|back|toes?|foot|feet)(?!\w)|"
    r"\b(?:some(?:one|body)|any(?:one|body)|people|others?|you|they|somebody else) (?:else )?(?:cancels?|drops out)\b|"
    r"\bcancellation (?:policy|fee|list)\b"
)
_UNWANTED: Final = re.compile(
    r"\b(?:not(?: to)?|instead of|rather than|can'?t|cannot|won'?t|without|able to)(?: \w+)? $"
)
_CORRECTION: Final = re.compile(
    r"\b(?:no|wait|actually|rather|instead|never ?mind|on second thought|but|scratch that|sorry|just|then)\b"
)
_NEW_ONE: Final = re.compile(
    r"\b(?:book|make|schedule|want|need|get|have|start|request)\b (?:me |us )?(?:with )?(?:an? )?"
    r"(?:(?:brand |completely )?new|another|second|additional|extra) (?:one|booking|appointment|appt|consult(?:ation)?|"
    r"visit)\b|\bbook (?:one |it )?anew\b"
)
_DO_IT: Final = {
    "cancel": r"cancel(?: (?:{what}|altogether))*|call (?:it|that) off|scrap (?:it|that)(?: altogether)?",
    "move": r"(?:move|change|switch|shift|re-?schedule|swap)(?: {what})?",
}
_POLITE: Final = r"(?:please|pls|plz|go ahead(?: and)?|thanks|thank you|now|then|altogether|for me|do|just)"
# What tells of the time that was booked, not of the wanted one.
_OLD_TIME: Final = (
    re.compile(r"\b(?:instead of|rather than)\b[^,.;!?\n]*"),
    re.compile(r"\bfrom (?:(?!to\b)\S+ ){1,6}?(?=to\b)"),
    re.compile(
        r"\b(?:can'?t|cannot|won'?t|unable to|not able to|not going to|not gonna|(?:don'?t|dont) think|will miss|"
        r"going to miss|don'?t want|doesn'?t work|not)\b(?: make it)?"
        r"(?:(?!\b(?:but|so|can|could|move|is there|how about|make it)\b)[^,.;!?\n])*"
    ),
    re.compile(rf"\b(?:my|the|his|her|our) (?:\S+ ){{1,4}}?(?={_NOUN}\b)"),
    re.compile(
        rf"\b(?:{_NOUN}|it|(?:down|booked|scheduled|set)|i have|'s) (?:is |was |it's |that's |have |i have )?(?:set |"
        rf"booked |scheduled |made )?(?:on |for |at |this |next )(?!{BLANK})(?:(?!to\b|and\b|but\b|so\b|until\b)"
        r"[^,.;!?\n\s]+ ?){1,6}"
    ),
    re.compile(rf"\b(?:{_NOUN}) (?:{_DAY}|tomorrow|tmrw|today)(?: (?:at |morning|afternoon)?[\d:apm]*)?"),
)
_TO: Final = re.compile(r"\b(?:to|until|till|instead|for|on)\b")


def read_change(text: str) -> Change | None:
    """Return what a message wants done with a consultation that was booked; None if it says nothing certain of it.

    The last word counts: "cancel it, no wait, keep it" keeps. Two wishes that are no correction come to None. What only
    the office can do is "by_office": to be told that somebody comes late, to change a name or a telephone number.
    "I can't make it tomorrow" is None, since it may be moved or cancelled.
    """
    words = _OTHER_THINGS.sub(_blanked, tidy(text, _LONGEST).lower().replace("\n", ", "))
    found = sorted(
        (match.start(), match.end(), kind) for kind, pattern in _KINDS.items() for match in pattern.finditer(words)
    )
    kept = [each for each in found if each[2] == "keep"]
    found = [
        (start, end, kind)
        for start, end, kind in found
        if kind == "keep"
        or not (any(first <= start < last for first, last, _ in kept) or _UNWANTED.search(words[:start]))
    ]
    kinds = {kind for _, _, kind in found}
    if "by_office" in kinds and not kinds & {"cancel"}:
        return "by_office"
    if _asks_whether(found):
        return "look_up"
    wishes = [each for each in found if each[2] != "look_up"]
    if not wishes:
        return "look_up" if found else None
    return _last(words, wishes)


def wants_new_one(text: str) -> bool:
    """Tell whether a message asks for another consultation rather than for a change of the one that stands."""
    return bool(_NEW_ONE.search(tidy(text, _LONGEST).lower()))


def agrees_to(change: Literal["move", "cancel"], text: str) -> bool:
    """Tell whether a message says yes to a change and nothing else: "yes, cancel it", "cancel my visit please"."""
    words = tidy(text, 160).lower()
    asked = _DO_IT[change].format(what=_WHAT)
    rest = re.sub(rf"(?<![\w'])(?:{asked})(?![\w'])", f" {BLANK} ", words)
    if "?" in words or (rest == words and not is_yes(words)):
        return False
    plain = re.sub(rf"\b{_POLITE}\b|[{BLANK},.!;-]", " ", rest).strip()
    return not plain or is_yes(plain)


def new_time_words(text: str) -> str:
    """Return what a message that moves a consultation says of the new time; the time booked before is left out.

    "I have an appointment thursday, need to move it to next week" -> "next week".
    """
    words = tidy(text, _LONGEST).lower().replace("\n", ", ")
    verbs = [match.end() for match in _KINDS["move"].finditer(words)]
    for pattern in _OLD_TIME:
        words = pattern.sub(_blanked, words)
    if verbs:
        marks = [match.end() for match in _TO.finditer(words, max(0, verbs[0] - 4))]
        if marks and words[marks[0] :].strip(f" {BLANK}.!?"):
            words = words[marks[0] :]
    return re.sub(f"{BLANK}+", ", ", words).strip(" ,")


def _asks_whether(found: list[tuple[int, int, Change]]) -> bool:
    """Whether all that is said of cancelling or moving is part of a question: "has it been cancelled?"."""
    asked = [(start, end) for start, end, kind in found if kind == "look_up"]
    rest = [start for start, _, kind in found if kind != "look_up"]
    return bool(asked) and all(any(start <= each < end for start, end in asked) for each in rest)


def _last(words: str, wishes: list[tuple[int, int, Change]]) -> Change | None:
    start, _, last = wishes[-1]
    others = [(end, kind) for _, end, kind in wishes if kind != last]
    if not others or last == "keep" or others[-1][1] == "keep":
        return last
    return last if _CORRECTION.search(words[others[-1][0] - 1 : start]) else None


def _blanked(found: re.Match[str]) -> str:
    return BLANK * len(found[0])
