"""Names: whether a text is one, and how it is written."""

from __future__ import annotations

import functools
import re
import unicodedata
from pathlib import Path
from typing import Final

import yaml

from bot.booking.words.contacts import blank_out, find_contacts
from bot.booking.words.relatives import RELATIVE
from bot.booking.words.tidy import clauses, tidy

_LONGEST: Final = 1_000  # characters of a message that are looked at
_OPENING: Final = 200  # characters in which a name stands that is not introduced
_MOST_WORDS: Final = 6
_MOST_LETTERS: Final = 80
_TOO_LONG: Final = 40  # letters of one word
_MOST_INITIALS: Final = 4
_CASED: Final = 2  # words of which a name consists at least where no one asked for it
_CUE: Final = re.compile(
    r"\b(?:(?:the |my |her |his |their |full |first |last |patient'?s? ){0,4}names? ?(?:is|was|are|would be|"
    r"should be|'s|:|=|-)|(?:my|her|his) names|names(?= [a-z])|"
    r"(?:put|sign|book|write)(?: (?:me|him|her|us|it|this|that))?(?: down)? (?:as|under|in as|"
    r"for)(?: the name)?(?: of)?|under(?: the name(?: of)?)?|(?:change|correct|update|fix|put|make|"
    r"switch)\b.{0,15}\bname (?:to|as|in as)|call me(?= (?-i:[A-Z]))|i go by|go by|"
    r"(?:the )?patient(?: is|'s|:)|(?:it'?s |it is |is )?(?:spelled|spelt|spelling is)|"
    r"(?:appointment|appt|visit|consult|consultation|book(?:ing)?) (?:is )?for(?= (?-i:[A-Z])))\s*:? *",
    re.IGNORECASE,
)
_HERE: Final = re.compile(
    r"\b(?:this is|i am|i'm|im|it'?s|it is|hi it'?s|me is|he is|she is|he'?s|she'?s) +", re.IGNORECASE
)
_RELATIVES: Final = re.compile(
    rf"\b(?:my|our|a) {RELATIVE}(?:'s)?(?:,? (?:is|whose name is|named|called|name is|name'?s|his name is|"
    rf"her name is))?[,:]? +",
    re.IGNORECASE,
)
_TINA_HERE: Final = re.compile(
    r"^(?:hi|hey|hello|yes|ok)?[ ,]*(?P<name>[^,;!?\n]{2,60}?) (?:here|speaking|calling)\b(?! (?:is|are|to))",
    re.IGNORECASE,
)
_LEAD: Final = re.compile(
    r"^(?:(?:hi|hello|hey|hiya|yes|yeah|yep|sure|ok|okay|well|um+|uh+|so|oh|and|thanks|thank you|of course|"
    r"good (?:morning|afternoon|evening)|please|"
    r"that'?s|that is|that would be|would be|it would be|for|name|no)\b[ ,.!:]*)+",
    re.IGNORECASE,
)
_TAIL: Final = re.compile(r"(?:[ ,.]+(?:please|pls|thanks|thank you|thx|here|speaking|ty))+[ .!]*$", re.IGNORECASE)
_SWAPPED: Final = re.compile(
    r"^([^\W\d_][\w'-]+), ([^\W\d_][\w'-]+(?: [^\W\d_]\.?)?|(?:[^\W\d_]\. ?){1,2}[^\W\d_]?\.?)$"
)
_INITIALS: Final = re.compile(r"(?:[^\W\d_]\.){1,4}|(?:[^\W\d_]\.){1,3}[^\W\d_]")  # "A.", "J.R.", "J.R"
_FIRST_LAST: Final = re.compile(
    r"^(?:my )?first(?: name)?(?: is)? ([^ ]+)(?: and)?(?: my)? last(?: name)?(?: is)? ([^ ]+)$", re.IGNORECASE
)
_RUN_ON: Final = re.compile(
    r"^([^ ]+(?: [^ ]+){1,3}?) (?:and |& )?(?:my|i|i'm|im|i'd|id|phone|number|cell|ph|email|call|reach|born|dob|for|"
    r"calling|looking)\b",
    re.IGNORECASE,
)
_DOES: Final = re.compile(r"\w{3}(?:ing|ed)\b")  # "i'm super exhausted", "this is killing me"
_PIECES: Final = re.compile(r"([-' ])")


@functools.cache
def _words() -> dict[str, frozenset[str]]:
    loaded = yaml.safe_load(Path(__file__).with_name("names.yml").read_text(encoding="utf-8"))
    return {group: frozenset(words.split()) for group, words in loaded.items()}


def read_name(text: str, *, asked: bool) -> str | None:
    """Return the name in a text as it is to be written, or None.

    ``asked``: the visitor was asked for a name, so that a name by itself is one; otherwise only one that is introduced
    ("my name is ...", "... here") counts.
    """
    text = tidy(text, _LONGEST)
    text = blank_out(text, find_contacts(text))
    return introduced(text) or (alone(text) if asked else None) or _says_who(text, asked=asked)


def introduced(text: str) -> str | None:
    """Return the name that a tidy text introduces as the patient's, or None."""
    for pattern in (_RELATIVES, _CUE):
        for found in list(pattern.finditer(text))[:_MOST_WORDS]:
            name = _leading(text[found.end() :], cased=pattern is _RELATIVES)
            if name:
                return name
    return None


def speaker(text: str) -> str | None:
    """Return the name that the writer of a tidy text gives as their own, or None."""
    return _says_who(text, asked=False)


def _says_who(text: str, *, asked: bool) -> str | None:
    here = _TINA_HERE.match(text)
    if here:
        name = as_name(_LEAD.sub("", here["name"]))
        if name:
            return name
    for found in list(_HERE.finditer(text))[:_MOST_WORDS]:
        name = _leading(text[found.end() :], cased=not asked)
        if name:
            return name
    return None


def as_name(words: str, *, alone: bool = True) -> str | None:
    """Return words as a name is written, or None if they are plainly none.

    ``alone``: one word suffices. The visitor's spelling is kept, unless all of it is in small letters or in capitals.
    """
    tokens = words.strip(" ,!;:-").lstrip(".").split()
    if tokens and not _INITIALS.fullmatch(tokens[-1]):
        tokens[-1] = tokens[-1].rstrip(".,!;:-")
    if not tokens or len(tokens) > _MOST_WORDS or len(words) > _MOST_LETTERS or not (alone or len(tokens) > 1):
        return None
    if not all(_can_be(token) for token in tokens):
        return None
    if all(len(token) == 1 or _INITIALS.fullmatch(token) for token in tokens):
        return _of_initials(tokens)
    return _of_words(tokens)


def _of_words(tokens: list[str]) -> str | None:
    """Return a name that has at least one word of more than an initial, or None."""
    lower = [token.lower().strip(".,") for token in tokens if not _INITIALS.fullmatch(token)]
    kinds = _words()
    if any(word in kinds["never"] for word in lower):
        return None
    names = [word not in kinds["small"] | kinds["beside"] or word in kinds["particles"] for word in lower]
    if not any(names) and not (len(tokens) == 1 and lower[0] in kinds["given"]):
        return None
    written_as_name = all(token[0].isupper() or token.lower() in kinds["particles"] for token in tokens)
    if any(word in kinds["small"] and word not in kinds["particles"] for word in lower) and not written_as_name:
        return None
    return _written(tokens)


def _of_initials(tokens: list[str]) -> str | None:
    """Return a name of initials alone, as "J.R."; None for one letter, and for what is short for something."""
    letters = "".join(tokens).replace(".", "").lower()
    dotted = all(_INITIALS.fullmatch(token) for token in tokens[:-1] or tokens)
    if not dotted or not 1 < len(letters) <= _MOST_INITIALS or letters in _words()["abbreviations"]:
        return None
    return " ".join(token.upper() if token.endswith(".") else f"{token.upper()}." for token in tokens)


def alone(text: str) -> str | None:
    """Return the name that a tidy text consists of or begins with, or None."""
    text = without_lead(text[:_OPENING])
    swapped = _SWAPPED.match(text.strip()) or _SWAPPED.match(text.strip(" ."))
    if swapped and as_name(f"{swapped[2]} {swapped[1]}") and swapped[2].lower().strip(".") not in _words()["suffixes"]:
        return as_name(f"{swapped[2]} {swapped[1]}")
    first = next(iter(clauses(text)), "")
    if not first or "?" in text[: text.find(first) + len(first) + 2]:
        return None
    parts = _FIRST_LAST.match(first)
    if parts:
        return as_name(f"{parts[1]} {parts[2]}")
    run_on = _RUN_ON.match(first)
    return (
        as_name(without_lead(first)) or (as_name(run_on[1], alone=False) if run_on else None) or _before_figures(first)
    )


def _before_figures(first: str) -> str | None:
    """Return the name before a time: "lisa 9am tuesday", but nothing of "may 5"."""
    words = re.split(r" #?(?=\d)", first, maxsplit=1)
    return None if len(words) == 1 or words[0].lower() in _words()["given"] else as_name(words[0])


def _leading(text: str, *, cased: bool) -> str | None:
    """Return the longest name at the beginning of a text; ``cased``: a name of one word must have a capital."""
    first = next(iter(clauses(text[:_MOST_LETTERS])), "")
    if not first or not text.lstrip(' "').startswith(first[0]):
        return None
    tokens: list[str] = []
    for token in first.split()[:_MOST_WORDS]:
        if not _can_be(token) or (token.lower().strip(".") in _words()["never"] and not _INITIALS.fullmatch(token)):
            break
        tokens.append(token)
    if tokens and tokens[0][0].isupper():  # what is written small behind capitals belongs to the sentence
        small = next((at for at, token in enumerate(tokens) if not _fits_capitals(token)), len(tokens))
        tokens = tokens[:small]
    elif len(tokens) < len(first.split()) and len(tokens) > _CASED + 1:
        tokens = tokens[:_CASED]
    while tokens and tokens[-1].lower() in _words()["particles"] | _words()["small"] and len(tokens) > 1:
        tokens.pop()
    words = " ".join(tokens)
    if cased and words.islower() and _DOES.search(words):
        return None
    return as_name(words, alone=not cased or words[:1].isupper())


def _fits_capitals(token: str) -> bool:
    return not token[0].islower() or token.lower() in _words()["particles"] or "'" in token[:2]


def _can_be(token: str) -> bool:
    bare = token.strip(".,")
    if not bare or len(bare) > _TOO_LONG or not unicodedata.category(bare[0]).startswith("L"):
        return False
    return all(each in "-'." or unicodedata.category(each)[0] in "LM" for each in bare) and (
        bare.count(".") <= 1 or _INITIALS.fullmatch(token) is not None
    )


def _written(tokens: list[str]) -> str:
    words = " ".join(tokens)
    if not (words.islower() or (words.isupper() and len(words) > len("AJ"))):
        return words
    return " ".join(_word(token.lower(), first=not at) for at, token in enumerate(tokens))


def _word(word: str, *, first: bool) -> str:
    kinds = _words()
    if _INITIALS.fullmatch(word):
        return word.upper()
    if word in kinds["particles"] and not first:
        return word
    if word.strip(".") in kinds["suffixes"]:
        return word.upper() if word[0] == "i" else word.capitalize()
    return "".join(_capital(piece) for piece in _PIECES.split(word))


def _capital(piece: str) -> str:
    if piece.startswith("mc") and len(piece) > len("mcx"):
        return f"Mc{piece[2:].capitalize()}"
    if piece in _words()["mac"]:
        return f"Mac{piece[3:].capitalize()}"
    return piece[:1].upper() + piece[1:]


def without_lead(text: str) -> str:
    """Return a text without the greeting or the small words before a name, and without the politeness behind it."""
    return _TAIL.sub("", _LEAD.sub("", text))
