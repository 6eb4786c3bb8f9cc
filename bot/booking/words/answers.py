"""Yes, no, never mind, why, rather not, and "the number is wrong", in few words. By patterns that are rather narrow."""

from __future__ import annotations

import re
from typing import Final, Literal

from bot.booking.words.tidy import clauses, simple, tidy

Detail = Literal["name", "contact", "time", "reason"]

_LONGEST: Final = 160  # characters of a message that says nothing but yes or no
_SKIN: Final = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f]")
# The longer ones first: once a phrase is matched, no other reading of it is tried.
_YES_WORDS: Final = (
    r"(?:(?:please )?(?:book|confirm|send|submit|schedule|do|save|reserve) (?:it|that|this|me(?: in)?|away|now|"
    r"the appointment)(?: in)?|"
    r"sounds (?:good|great|right|fine|perfect)|looks? (?:all )?(?:good|great|right|correct|fine|perfect|ok|okay)|"
    r"(?:that|it|this|everything|all|all of (?:it|that)|they)(?:'?s| is| are| looks?| sounds?)? (?:all )?(?:right|"
    r"correct|good|great|fine|perfect|ok|okay|true|it)|"
    r"all (?:good|set|right|correct|fine)|that'?s (?:it|me)|lock it in|go ahead|go for it|let'?s do (?:it|this|that)|"
    r"(?:i )?(?:do )?(?:confirm|agree|accept)(?: (?:it|that|this))?|"
    r"(?:it |that )?works(?: for me)?|you (?:got it|bet)|no (?:changes|corrections|problem|prob|worries)|"
    r"nothing to change|of course|for sure|uh huh|mm ?hmm|"
    r"and (?:confirm|book)(?: it| that)?|put (?:it|that|me) (?:through|down|in)|alright|then|"
    r"thank (?:you|u)|(?:to|for|by|with) me|so much|very much|yes sir|yes ma'?am|i am|i do|it is|that is|they are|very|"
    r"yes|yess+|yea|yeah|yeh|yep|yup|ya|yah|yas|ye|y|si|sí|ja|oui|aye|ok|okay|okey|k|kk|sure|correct|right|good|"
    r"great|perfect|fine|exactly|absolutely|"
    r"book|send|good (?:to|2) go|now|"
    r"definitely|indeed|certainly|affirmative|agreed|confirmed|true|please|pls|plz|thanks|thx|ty|cool|awesome|"
    r"wonderful|lovely|excellent|done|👍|👌|✅)"
)
# Words as people text them.
_TEXTED: Final = {
    "yh": "yeah",
    "yeh": "yeah",
    "gd": "good",
    "gud": "good",
    "rite": "right",
    "thats": "that's",
    "evrything": "everything",
    "grand": "great",
    "spot on": "right",
    "that'll do": "that's fine",
    "100%": "right",
    "go on": "go ahead",
}
_TEXTED_WORD: Final = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, _TEXTED))})(?!\w)")
_YES: Final = re.compile(rf"(?>{_YES_WORDS}(?: |$))+$")
_YES_CORE: Final = re.compile(
    r"\b(?:y|ye\w*|ya[hs]?|yup|si|sí|ja|oui|aye|ok\w*|k|kk|sure|correct|right|good|great|perfect|fine|exactly|"
    r"absolutely|definitely|indeed|certainly|"
    r"affirmative|agreed?|confirm\w*|true|cool|awesome|wonderful|lovely|excellent|course|uh huh|mm ?hmm|book|send|"
    r"submit|schedule|save|reserve|lock|alright|put|"
    r"go|let'?s|accept|works|bet|got|no|nothing|that'?s|do it|do that|i do)\b|[👍👌✅]"
)
_NO: Final = re.compile(
    r"(?>(?:no+|nope|nop|nah|na|n|negative|wrong|incorrect|not (?:right|correct|quite|really|yet|ok|okay|good|true|"
    r"at all)|never|"
    r"(?:that|it|this)(?:'?s| is)? (?:all )?(?:not (?:right|correct|quite right|it|good|true|what i (?:said|want))|"
    r"wrong|incorrect|false)|"
    r"(?:that|it|this) isn'?t (?:right|correct|it|good|true)|isn'?t right|doesn'?t look right|(?:that|"
    r"it) doesn'?t look (?:right|good|correct)|"
    r"(?:i )?(?:don'?t|do not) (?:confirm|book it|agree)|no way|no sir|no ma'?am|thanks|thank (?:you|u)|please|sorry|"
    r"thx|👎|❌)(?: |$))+$"
)
_NO_CORE: Final = re.compile(
    r"\b(?:n|na|nah|nop|nope|no+|not|wrong|incorrect|false|never|negative|isn'?t|doesn'?t|don'?t)\b|[👎❌]"
)

_WORDS_OF: Final[dict[Detail, str]] = {
    "name": r"names?|spell(?:ed|ing|t)?|misspelled|surname|initials?",
    "contact": r"(?:phone|cell|telephone|contact|mobile)? ?(?:numbers?|#)(?! (?:one|two|three|\d)\b)|phone|cell|"
    "mobile|landline|e-?mails?|contact(?: info| details)?|digits?|area code",
    "time": r"times?|days?|dates?|slots?|hours?|appointment|appt|mornings?|afternoons?|evenings?|earlier|later|week|"
    "tomorrow|today|am|pm|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|mon|tues?|weds?|thurs?|fri|\d{1,2}(?::\d\d)? ?(?:am|pm)|"
    r"\d{1,2}:\d\d|noon|o'?clock",
    "reason": r"reasons?|(?<!no )problem|complaint|why i'?m coming",
}
_MARK: Final = re.compile(
    r"\b(?:wrong|incorrect|changed?|changing|other|different|another|instead|actually|make it|should(?: be|'ve|"
    r" have)?|update|fix|edit|correct(?:ion)?(?= (?:the|my|it))|misspell\w*|misspelt|"
    r"typo|switch|swap|except|but|not right|isn'?t right|not correct|isn'?t correct|isn'?t|not my|no longer|old|new|"
    r"meant|sorry|redo|mistake|error|move it|better|off|"
    r"spell(?:ed|t)? (?:it )?(?:wrong|with)|it'?s spell(?:ed|t)|supposed to)\b|^(?:no|nope|nah|wait|oops)\b"
)
_FINE: Final = re.compile(
    r"\b(?:is|are|'s|was|looks?|all) ?(?:right|correct|fine|good|ok|okay|great|perfect)\b|^(?:yes|yep|yeah|correct|"
    r"ok|looks? good)$"
)
_NOT_FINE: Final = re.compile(r"\bnot\b|n't\b|\bwrong\b|\bexcept\b|\bbut\b")
_ALL: Final = re.compile(
    r"\b(?:everything|all of (?:it|that|them)|it'?s all|all)\b.{0,12}\b(?:wrong|incorrect)\b|\bstart (?:over|again|"
    r"from scratch)\b|\bchange everything\b"
)
_AND: Final = re.compile(
    r"(?<= )but(?= )|(?<= )except(?= )| and (?=the |my |it)(?<=(?:right|rrect|.fine|.good|wrong) and )"
)

_STOPS: Final = re.compile(
    r"^(?:(?:oh|ok|okay|no|nah|hey|well|sorry|actually|please|pls|you know what|on second thought|just|lets|"
    r"let's) )*(?:"
    r"never ?mind(?: (?:then|that|it|this|thanks|the (?:booking|appointment)))?|nvm|nm|forget (?:it|about it|this|"
    r"that|the (?:booking|appointment|whole thing))|"
    r"(?:please )?(?:stop|quit|exit|cancel|abort|end|c)(?: (?:it|this|that|now|please|booking|the (?:booking|process|"
    r"whole thing|request|form)|this (?:booking|process|form|request)))*|"
    r"(?:i )?(?:don'?t|do not|dont|no longer) want (?:to (?:book|do this|continue|go on|make an appointment|"
    r"schedule)|an appointment|this|it|the appointment)(?: (?:any ?more|now|this|it|anything|an appointment|"
    r"a consultation|after all))*|"
    r"(?:i )?changed? my mind|i(?:'ve| have) changed my mind|(?:maybe|another|some other) (?:later|time)|not (?:now|"
    r"today|any ?more|interested)(?: thanks)?|i'?m not interested|leave it|drop it|"
    r"(?:i'?ll|i will) (?:call|phone|ring)(?: (?:you|them|instead|myself|the (?:office|clinic)))*|(?:i(?:'m|"
    r" am) )?done with this|stop asking(?: me)?(?: (?:questions|this|that))?|let'?s not|"
    r"(?:let'?s )?(?:stop|leave|end) (?:here|there)|i give up|(?:get me )?out of (?:this|here)|start ?over never ?mind"
    r")(?: (?:please|thanks|thank you|pls|thx|sorry|bye|for now|then|ok))*$"
)
_THING: Final = (
    r"(?:(?:my|the|any|a|an|it|that|this|you(?: my)?|(?:out )?my) ?)*"
    r"(?:(?:full |last |first |real |phone |cell |email |e-mail |telephone |contact |personal |private )*"
    r"(?:names?|number|phone|e-?mail|address|contact|info(?:rmation)?|details?|reason|data|that|it|this|those|any|"
    r"why))?"
)
_DECLINES: Final = re.compile(
    r"^(?:(?:no|nope|sorry|um|well|ok|hmm|actually|thanks|im|i'?m) )*(?:"
    rf"(?:i(?:'d| would|d)?|we'?d)? ?(?:really )?(?:rather|prefer) (?:not|to not)(?: to)?(?: (?:say|give|share|tell|"
    rf"answer|provide|disclose|leave|put|state|discuss))?(?: {_THING})?|"
    r"(?:i )?prefer no(?:t)?(?: to say)?|pass|skip(?: (?:it|this|that|that one|this one|the question|question|"
    r"for now|ahead))*|next question|"
    rf"(?:i )?(?:don'?t|do not|dont|won'?t|wont|will not|cannot|can'?t) (?:want to |wanna |like to |"
    rf"feel comfortable |wish to )?(?:to )?(?:say|give|giving|share|sharing|tell|telling|answer|provide|providing|"
    rf"disclose|leave|discuss)(?: (?:you|out))?(?: {_THING})?|"
    r"not (?:telling|saying|giving|sharing|comfortable|gonna (?:say|tell|give)|going to (?:say|tell|give|"
    r"share))(?: (?:you|that|it|this|out|my|sharing|giving|phone|number|name|email|with that|the))*|"
    r"(?:no|not my) (?:phone|email|e mail|number|cell|mobile|name|contact|comment|reason|thanks i'?d rather not)"
    r"(?: (?:either|number|address|or (?:email|e mail|phone)))*|neither(?: of (?:them|those|these|the two))?|"
    r"(?:i )?(?:don'?t|dont|do not) have (?:a |an |any )?(?:phone|email|e-mail|number|cell|mobile|email address|"
    r"phone number)(?: (?:or|and) (?:a |an )?(?:phone|email|number))?(?: either)?|"
    r"(?:it'?s |that'?s )?(?:none of (?:your|ur) business|private|personal|confidential)|anonymous|(?:i )?(?:want|"
    r"wish|like|prefer) to (?:stay|remain|be) anonymous|no reason|n/?a"
    r")(?: (?:please|thanks|thank you|sorry|pls|right now|here|online|over (?:text|chat)|to a (?:bot|robot|machine|"
    r"computer)|yet|just yet|now|with you))*$"
)
_ASKS_WHY: Final = re.compile(
    r"^(?:(?:um|ok|okay|wait|and|but|so|hm+|no|sorry|well|hold on|first) )*(?:"
    r"why(?: (?:though|not|so|exactly|is that|that|this|my (?:\w+ )?\w+))?$|how come$|what for$|for what$|"
    r"what'?s (?:it|that|this) for\b|what is (?:it|that|this) for\b|"
    r"why (?:do|would|should|must|are|did) (?:you|u|they|y'all)\b.{0,20}\b(?:need|want|ask\w*|require|have to|know|"
    r"collect\w*)\b(?!.{0,40}\b(?:surgery|operation|mri|fusion|"
    r"injections?|implant|therapy|medications?|x-?ray|rest)\b)|"
    r"why (?:do|should|must|would) (?:i|we) (?:have to |need to |want to )?(?:give|tell|share|provide|answer|say)\b|"
    r"why (?:is|are) (?:that|this|it|it all|these|my (?:full )?(?:name|number|phone|phone number|email|contact|"
    r"reason|information)) (?:needed|necessary|important|required|relevant)\b|"
    r"what (?:do|will|would|are) (?:you|u|they)\b.{0,20}\b(?:do|doing|use|need|want)\b.{0,30}|"
    r"who (?:sees?|will see|can see|gets?|reads?|has access|is (?:this|that|it) (?:shared|sent)|will (?:read|get|"
    r"have|use|see|call)|are you sharing)\b.{0,40}$|"
    r"(?:is|will) (?:this|that|it)(?: be)?(?: kept)? (?:secure|private|confidential|shared|sold|stored|encrypted)\b|"
    r"(?:is|are|will) my (?:personal |contact |phone )?(?:info|information|data|details?|number|e-?mail|"
    r"name)(?: be)?(?: kept)? (?:safe|secure|private|confidential|shared|sold|stored|encrypted)\b|"
    r"(?:do|will|are) (?:you|u) (?:share|sell|store|keep|sharing|selling|save|going to (?:share|sell))\b|"
    r"(?:do|must) i (?:have|need) to (?:give|tell|say|answer|share|provide)\b|is (?:that|this|"
    r"it) (?:really )?(?:necessary|required|needed|mandatory|optional)\b|"
    r"where (?:does|will|do) (?:this|that|it|my)\b.{0,30}\bgo\b|how (?:will|do|is|are) (?:you|this|that|"
    r"my)\b.{0,30}\bused?\b)"
)


def is_yes(text: str) -> bool:
    """Tell whether a message says yes and nothing else; "yes but ..." is no yes."""
    words = _TEXTED_WORD.sub(lambda word: _TEXTED[word[0]], _short(text))
    return bool(words) and "?" not in text and bool(_YES.match(words)) and bool(_YES_CORE.search(words))


def is_no(text: str) -> bool:
    """Tell whether a message says no and nothing else; which detail is wrong, :func:`reads_change` tells."""
    words = _short(text)
    return bool(words) and bool(_NO.match(words)) and bool(_NO_CORE.search(words))


def reads_change(text: str) -> frozenset[Detail]:
    """Return the details that a message says are wrong or should change; all of them for "everything is wrong"."""
    words = tidy(text, 1_000).lower()
    if _ALL.search(words):
        return frozenset(_WORDS_OF)
    parts = [part for clause in clauses(words) for part in _AND.split(clause) if part]
    wrong: set[Detail] = set()
    marked = False
    for part in parts:
        marked = marked or bool(_MARK.search(part)) or bool(re.search(r"\b(?:but|except)\b", words))
        if marked and not (_FINE.search(part.strip()) and not _NOT_FINE.search(part)):
            wrong |= _named(part)
    return frozenset(wrong)


def wants_to_stop(text: str) -> bool:
    """Tell whether a message ends the booking that is under way; cancelling an appointment is another matter."""
    return bool(_STOPS.match(_short(text)))


def declines(text: str) -> bool:
    """Tell whether the visitor does not want to give the detail that was asked for."""
    return bool(_DECLINES.match(_short(text)))


def asks_why(text: str) -> bool:
    """Tell whether a message asks why a detail is needed, or who sees it."""
    return bool(_ASKS_WHY.match(_short(text)))


def _short(text: str) -> str:
    """Return a short message as plain words; nothing of a long one, which says more than yes or no."""
    plain = _SKIN.sub("", tidy(text, 4 * _LONGEST))
    return simple(re.sub("([👍👎👌✅❌])", r" \1 ", plain)) if len(plain) <= _LONGEST else ""


def _named(part: str) -> set[Detail]:
    named: set[Detail] = {
        detail for detail, words in _WORDS_OF.items() if re.search(rf"(?<!\w)(?:{words})(?!\w)", part)
    }
    if "name" in named and re.search(r"\be-?mails?\b", part) and not re.search(r"\bname", part):
        named.discard("name")
    return named
