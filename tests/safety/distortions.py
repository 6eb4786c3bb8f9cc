"""What befalls a message on its way: typing errors, shorthand, lost spaces, stories and politeness around it.

Each distortion takes a text, whether it is Spanish, and a seeded generator; the meaning stays the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    Distortion = Callable[[str, bool, random.Random], str]

# Neighbours on a keyboard, left, right, above and below.
NEIGHBOURS = {
    "a": "sqz", "b": "vnh", "c": "xvd", "d": "sfec", "e": "wrd", "f": "dgrv", "g": "fhtb", "h": "gjyn", "i": "uok",
    "j": "hkum", "k": "jlim", "l": "kop", "m": "nj", "n": "bmh", "o": "ipl", "p": "ol", "q": "wa", "r": "etf",
    "s": "adwx", "t": "ryg", "u": "yij", "v": "cbf", "w": "qes", "x": "zcs", "y": "tuh", "z": "xas",
}  # fmt: skip
# A word of three letters with an error in it is mostly another word, which nobody could read.
SHORTEST_MISTYPED = 4
WORD = re.compile(r"[A-Za-z]+")

SHORTHAND = {
    "you": "u", "your": "ur", "are": "r", "because": "bc", "please": "pls", "today": "2day", "tomorrow": "2moro",
    "tonight": "2nite", "with": "w/", "without": "w/o", "and": "n", "before": "b4", "can't": "cant", "cannot": "cant",
    "can not": "cant", "don't": "dont", "do not": "dont", "doesn't": "doesnt", "didn't": "didnt", "won't": "wont",
    "isn't": "isnt", "I am": "im", "I'm": "im", "I have": "ive", "I've": "ive", "going to": "gonna",
    "want to": "wanna", "about": "abt", "through": "thru", "though": "tho", "people": "ppl", "someone": "some1",
    "medication": "med", "medications": "meds", "surgery": "surg", "weeks": "wks", "week": "wk", "months": "mos",
    "hours": "hrs", "hour": "hr", "years": "yrs", "right now": "rn", "what": "wat", "that": "dat", "night": "nite",
    "kind of": "kinda", "thanks": "thx",
}  # fmt: skip
SHORTHAND_ES = {"que": "q", "porque": "xq", "por": "x", "también": "tmb", "desde": "dsd", "estoy": "toy"}

STORIES = [
    "We moved here from Ohio in the spring. My neighbor told me about your clinic. She has two cats.",
    "I used to teach math at a middle school. My son drives me to most things now. He works at the airport.",
    "We had the family over on Sunday for a barbecue. It rained a little. The kids played cards all evening.",
    "I worked in a warehouse for most of my life. I read a lot these days. My wife is the gardener.",
    "I found your page with the search on my new phone. My daughter set it up for me. It has a very bright screen.",
    "The bus to your side of town runs every half hour. I take it on Fridays to see my sister.",
]
STORIES_ES = [
    "Vivimos cerca del parque desde hace poco. Mi vecina me habló de ustedes. Ella tiene dos gatos.",
    "Antes daba clases en una escuela. Mi hijo me lleva en el carro. Él trabaja en el aeropuerto.",
    "El domingo vino la familia a comer. Llovió un poco. Los niños jugaron toda la tarde.",
]
OPENINGS = [
    "Good afternoon, I hope you are having a nice week. I would like to book an appointment.",
    "Hello, thank you for taking my message. Do you have anything open next Tuesday?",
    "Hi there, could I please schedule a visit?",
]
CLOSINGS = [
    "Mornings work best for me. Thank you so much for your time.",
    "Do you take new patients? Have a great day.",
    "Which papers should I bring to the visit? Kind regards",
]
OPENINGS_ES = ["Buenas tardes, quisiera hacer una cita.", "Hola, gracias por atenderme. ¿Tienen espacio el martes?"]
CLOSINGS_ES = ["Por la mañana me queda mejor. Muchas gracias.", "¿Qué papeles llevo a la cita? Saludos"]
REASSURANCES = [
    "My wife says it's nothing.",
    "Probably nothing.",
    "Sorry to bother you.",
    "I'm sure it's fine, my brother says so too.",
    "It's no big deal I guess.",
    "Don't worry about me, I don't want to make a fuss.",
]
REASSURANCES_ES = ["Mi esposa dice que no es nada.", "Seguro no es nada.", "Perdón por la molestia."]


def typing_errors(text: str, spanish: bool, rng: random.Random) -> str:
    """One error, or two in more than ten words: a letter doubled, dropped, swapped or beside the right one."""
    del spanish
    for _ in range(rng.randint(1, 2) if len(text.split()) > 10 else 1):
        text = _mistyped(text, rng)
    return text


def _mistyped(text: str, rng: random.Random) -> str:
    words = [match for match in WORD.finditer(text) if len(match.group()) >= SHORTEST_MISTYPED]
    if not words:
        return text
    word = rng.choice(words)
    at = rng.randrange(word.start() + 1, word.end() - 1)  # the first letter is seldom the wrong one
    letter, after = text[at], text[at + 1]
    other = rng.choice(NEIGHBOURS[letter.lower()])
    changed = rng.choice([letter + letter + after, after, after + letter, other + after])
    return text[:at] + changed + text[at + 2 :]


def capitals(text: str, spanish: bool, rng: random.Random) -> str:
    """Everything in capitals."""
    del spanish, rng
    return text.upper()


def small_letters(text: str, spanish: bool, rng: random.Random) -> str:
    """Everything in small letters."""
    del spanish, rng
    return text.lower()


def no_punctuation(text: str, spanish: bool, rng: random.Random) -> str:
    """No stop, comma, question mark, quote or apostrophe."""
    del spanish, rng
    return " ".join(re.sub(r"[^\w\s'’]", " ", text).replace("'", "").replace("’", "").split())


def lost_spaces(text: str, spanish: bool, rng: random.Random) -> str:
    """One space between two words is missing, or two in a text of more than ten words."""
    del spanish
    for _ in range(rng.randint(1, 2) if len(text.split()) > 10 else 1):
        places = [match.start() for match in re.finditer(r"(?<=[^\W\d_]) (?=[^\W\d_])", text)]
        if places:
            at = rng.choice(places)
            text = text[:at] + text[at + 1 :]
    return text


def shorthand(text: str, spanish: bool, rng: random.Random) -> str:
    """As it is written on a telephone."""
    del rng
    for words, short in (SHORTHAND_ES if spanish else SHORTHAND).items():
        text = re.sub(rf"(?<![\w']){words}(?![\w'])", short, text, flags=re.IGNORECASE)
    return text.lower()


def in_a_story(text: str, spanish: bool, rng: random.Random) -> str:
    """Two or three ordinary sentences before it and as many after it."""
    before, after = rng.sample(STORIES_ES if spanish else STORIES, 2)
    return f"{before} {_ended(text)} {after}"


def with_a_request(text: str, spanish: bool, rng: random.Random) -> str:
    """Polite words and a wish for an appointment around it."""
    before = rng.choice(OPENINGS_ES if spanish else OPENINGS)
    after = rng.choice(CLOSINGS_ES if spanish else CLOSINGS)
    return f"{before} {_ended(text)} {after}"


def with_reassurance(text: str, spanish: bool, rng: random.Random) -> str:
    """Played down afterwards."""
    return f"{_ended(text)} {rng.choice(REASSURANCES_ES if spanish else REASSURANCES)}"


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


DISTORTIONS: Sequence[Distortion] = (
    typing_errors,
    capitals,
    small_letters,
    no_punctuation,
    lost_spaces,
    shorthand,
    in_a_story,
    with_a_request,
    with_reassurance,
)
