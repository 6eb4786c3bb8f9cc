"""The words by which people stop, allow and ask about text messages: the carriers' own, and refusals in other words."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal

Word = Literal["stop", "start", "yes", "help"]

STOP_WORDS: Final = ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT")
START_WORDS: Final = ("START", "UNSTOP")
YES: Final = "YES"  # only from somebody who has opted out
HELP_WORDS: Final = ("HELP", "INFO")

_WORDS: Final[dict[str, Word]] = {
    **dict.fromkeys(STOP_WORDS, "stop"),
    **dict.fromkeys(START_WORDS, "start"),
    YES: "yes",
    **dict.fromkeys(HELP_WORDS, "help"),
}
_LONGEST: Final = 160  # characters of a refusal; a longer message says more than that

_TEXTS: Final = r"(?:text(?:s|ing|ed)?|texts? messages?|sms(?:es)?|messag(?:e|es|ing)|msgs?)"
_REACH: Final = rf"(?:{_TEXTS}|contact(?:ing)?|writ(?:e|ing)(?: to)?|bother(?:ing)?|spam(?:ming)?|harass(?:ing)?)"
_ME: Final = r"(?:me|us|this (?:number|phone)|my (?:phone|number|cell))"
_NO_MORE: Final = r"(?:stop|quit|cease|do ?n[o']?t|do not|never|no longer|please no(?: more)?|no more)"
_REFUSES: Final = re.compile(
    "|".join(
        (
            rf"\b{_NO_MORE}(?: (?:ever|please|send(?:ing)?))* {_REACH} (?:to )?{_ME}\b",
            rf"\b{_NO_MORE}(?: send(?:ing)?)? {_ME} (?:any ?more |any |more |these |your |all )*{_TEXTS}\b",
            (
                rf"\b(?:stop|quit|end|cease|cancel|turn off|unsubscribe (?:me )?from) (?:sending |getting )?"
                rf"(?:me )?(?:all |all of |the |these |those |this |your |any )+{_TEXTS}\b"
            ),
            rf"^(?:please |just |ok |hey |hi )*(?:stop|quit) (?:the )?{_TEXTS}(?: (?:please|now|already|me))*$",
            rf"^(?:please |just |ok )*no more {_TEXTS}\b(?! from my)",
            rf"\b(?:stop|enough|no more|quit) (?:it )?(?:of |with )(?:the |these |your |all )+{_TEXTS}\b",
            (
                rf"\b(?:don'?t|do not) (?:want|need|like|wish)(?: to (?:get|receive|have))? "
                rf"(?:any ?more |any |more |these |those |this |your |to be )*(?:{_TEXTS}|texted|contacted)\b"
            ),
            (
                rf"\b(?:want|like|ask(?:ing)?|how do i) (?:you )?to (?:stop|quit) "
                rf"(?:(?:getting|receiving|sending|all|these|the|your|me) )+{_TEXTS}\b"
            ),
            (
                rf"\b(?:remove|take|delete|drop) {_ME} (?:off|from|out of) (?:of )?(?:the |your |this |all )*"
                r"(?:lists?|database|system|records|texts?|messages)\b"
            ),
            r"\b(?:delete|lose|forget|remove) (?:my|this) (?:phone |cell )?number\b",
            r"\b(?:unsubscribe|opt) (?:me|us|this number)(?: out)?\b",
            r"\b(?:want|like|wish|need|choose|asked|going) to (?:opt[ -]?out|unsubscribe)\b",
            r"\bi (?:am |'m )?(?:opt(?:ing)?[ -]?out|unsubscrib(?:e|ing))\b|^(?:please )?opt (?:me )?out\b",
            r"^(?:please |just |pls |ok |will you )*leave (?:me|us) alone(?! with (?!the|these|your))\b",
            r"\b(?:you (?:have|got|ve got)|this is)(?: the)? (?:a )?wrong (?:number|person)\b",
            r"\bi (?:revoke|withdraw|take back) (?:my )?(?:consent|permission)\b",
            r"\b(?:no me|ya no me|no nos)(?: vuelvan?)?(?: a)? (?:escrib|mand|envi|text|contact|molest)\w*",
            r"\b(?:deje|dejen|pare|paren) de (?:escribir|mandar|enviar|textear|contactar|molestar)\w*",
            r"\bno (?:quiero|deseo)(?: recibir)?(?: mas| sus| estos)* (?:mensajes|textos)\b",
        )
    )
)
# A question is none, but for how to stop them.
_ASKS: Final = re.compile(
    r"^(?:should|can|could|may|do(?! not\b)|does|would|will|is|are|what|when|why|if)\b(?!.*\bstop text)"
)
_YES_TO_IT: Final = re.compile(r"^(?:yes|yeah|yep|yup|y|right|correct|please|si|ok|okay|sure|exactly)\b")
_NO_TO_IT: Final = re.compile(r"^(?:no|nope|n|nah|keep|not)\b")


def carrier_word(text: str) -> Word | None:
    """Return what a message of a single word says to the carrier, whatever its case, blanks and punctuation."""
    wide = unicodedata.normalize("NFKC", text[:_LONGEST])
    if len(text) > _LONGEST:
        return None
    return _WORDS.get("".join(sign for sign in wide if sign.isalnum()).upper())


def refuses(text: str) -> bool:
    """Tell whether a message of several words asks for no more texts; one about a treatment does not."""
    words = _simple(text)
    return 0 < len(words) <= _LONGEST and bool(_REFUSES.search(words)) and not _ASKS.match(words)


def confirms(text: str) -> bool | None:
    """Return what a message answers to "do you want no more texts?": True, False, or None if it is no answer."""
    words = _simple(text)
    if refuses(text) or _YES_TO_IT.match(words):
        return True
    return False if _NO_TO_IT.match(words) else None


def _simple(text: str) -> str:
    """Return the words in small letters, without accents and signs but for apostrophes and dashes."""
    apart = unicodedata.normalize("NFKD", text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^\w' -]+|_", " ", bare.lower()).split())
