"""Why a visitor wants to come, in their own words."""

from __future__ import annotations

import re
from typing import Final

from bot.booking.words.tidy import BLANK, clauses

LONGEST: Final = 500  # characters that are kept of a reason
_SUBJECT: Final = (
    r"(?:back|neck|leg|legs|arm|arms|foot|feet|hip|hips|knee|knees|shoulder|spine|spinal|lumbar|tailbone|buttocks?|"
    r"hands?|nerve|disc|disk|discs|sciatica|sciatic|"
    r"pain|pains|ache|aches|numb|numbness|tingling|weakness|burning|spasms?|stiffness|surgery|surgeries|fusion|"
    r"laminectomy|discectomy|stenosis|fbss|"
    r"stimulator|implant|pump|injections?|herniat\w+|bulging|scar tissue|arthritis|radiculopathy|opioids?|"
    r"medications?|meds|second opinion|mri|symptoms)"
)
_CALLED: Final = re.compile(
    r"\b(?:(?:the |my )?reasons?(?: for (?:the |my )?(?:visit|appointment|consult(?:ation)?|coming|"
    r"call(?:ing)?))?(?: is| are| should be| would be|:|=|'s)+|because(?: of)?|bc|cuz|coz|'cause|due to|"
    r"on account of)\s*:? *",
    re.IGNORECASE,
)
_FOR: Final = re.compile(
    rf"\b(?:for|about|regarding|re:?|concerning|with)\s+((?:(?:my|his|her|their|the|a|an|some|this|really|very|bad|"
    rf"severe|chronic|constant|ongoing|lower|upper|low|left|right|old|new|failed|persistent|"
    rf"worsening)\s+)*{_SUBJECT}\b[^,;.!?\n|{BLANK}]*)",
    re.IGNORECASE,
)
_COMPLAINT: Final = re.compile(
    rf"^(?:(?:and|for|my|i have|i've got|ive got|i've had|having|got|have|with|bad|severe|chronic|constant|ongoing|"
    rf"lower|upper|low|left|right|failed|persistent|worsening|really|very|some|a)\s+)*{_SUBJECT}\b",
    re.IGNORECASE,
)
_NEXT: Final = re.compile(
    r"[;.!?\n|]|,\s*(?=(?:and )?(?:my (?:name|number|phone|cell|email)|call|reach|text|email|phone|cell|number|"
    r"this is|i'm (?!in|hav|hurt|suff)|mornings?|afternoons?|evenings?|next|tomorrow|mon|tue|wed|"
    r"thu|fri|\d|can i|can you|could|do you|i'?d like|please|thanks))| (?:and )?(?=my (?:name|number|phone|email)\b)|"
    r"\b(?:please|thanks|thank you)\s*$",
    re.IGNORECASE,
)
_LEAD: Final = re.compile(
    r"^(?:(?:well|so|um+|uh|ok|okay|hi|hello|it'?s|its|that'?s)\b[ ,]*)*(?:(?:the |my )?reason(?: for (?:the |"
    r"my )?visit)?(?: is|:)+ *|because(?: of)? +|bc +|for +(?=my|his|her|the ))?",
    re.IGNORECASE,
)
_ANY_SUBJECT: Final = re.compile(rf"\b{_SUBJECT}\b", re.IGNORECASE)
_TIME_THEN_WHY: Final = re.compile(
    rf"(\b(?:mornings?|afternoons?|evenings?|\w{{3,6}}days?|week|tomorrow|\d ?[ap]m|\d)) (?=(?:(?:for|bad|lower|"
    rf"upper|low|left|right|my|chronic) )*{_SUBJECT}\b)",
    re.IGNORECASE,
)
# A time behind a complaint belongs to the wish: "for my leg pain next week".
_WHEN: Final = re.compile(
    r"(?: (?:(?:on|in the|in|at|for|by|sometime|as soon as possible|asap) ?)*(?:(?:next|this) (?:week|month|\w+day)|"
    r"tomorrow|today|asap|as soon as possible|"
    r"(?:mon|tues?|wednes|wed|thurs?|fri|satur|sun)(?:day)?s?|mornings?|afternoons?|evenings?|"
    r"\d{1,2}(?::\d\d)? ?[ap]m))+$",
    re.IGNORECASE,
)
_LETTERS: Final = 2


def whole_reason(rest: str) -> str | None:
    """Return the answer to "what is the reason?", in the visitor's words without the contacts in it."""
    parts = [
        part for part in (each.strip(f" |{BLANK},;") for each in re.split(rf"\|?[ ]*{BLANK}+[ ]*\|?", rest)) if part
    ]
    words = " ".join(parts)
    return _kept(_LEAD.sub("", words, count=1))


def introduced_reason(rest: str) -> str | None:
    """Return the reason that a message introduces: "because ...", "reason: ...", "for my leg pain"."""
    called = _CALLED.search(rest)
    if called:
        return _kept(_until_next(rest[called.end() :]))
    for_it = _FOR.search(rest)
    return _kept(_WHEN.sub("", _until_next(for_it[1]))) if for_it else None


def named_complaint(rest: str) -> str | None:
    """Return the part of a list of details that names a complaint and nothing else: "back pain after fusion"."""
    for part in clauses(rest)[:30]:
        if _COMPLAINT.match(part):
            return _kept(_WHEN.sub("", _until_next(part)))
    return None


def only_a_time(rest: str) -> bool:
    """Tell whether a message that names a time is short and names no complaint."""
    return len(clauses(rest)) == 1 and not _ANY_SUBJECT.search(rest)


def parted(rest: str) -> str:
    """Return a message without commas as if there were one between a time and the complaint behind it."""
    return _TIME_THEN_WHY.sub(r"\1, ", rest)


def _until_next(words: str) -> str:
    return _NEXT.split(words, maxsplit=1)[0]


def _kept(words: str) -> str | None:
    words = words.strip(f" ,;:|-{BLANK}.")[:LONGEST].strip()
    return words if sum(each.isalpha() for each in words) >= _LETTERS else None
