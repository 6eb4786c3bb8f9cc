"""Reading yes, no, corrections, refusals, questions and references."""

import pytest

from bot.booking.words.answers import asks_why, declines, is_no, is_yes, reads_change, wants_to_stop
from bot.booking.words.reference_words import reads_reference

YES = (
    "okay then go ahead and book it", "alright, put it through", "lovely, then confirm",
    "yes", "YES", "Yes.", "yes!!", "Yes please!", "y", "yep all good", "yup", "yeah", "ya", "si", "Sí", "ok",
    "okay thanks", "k", "sure", "correct", "correct, thanks", "that's correct", "thats right", "yes, that's right",
    "looks right", "yh", "yup send", "yep thats gd", "all correct, please book", "spot on", "that'll do",
    "looks good to me", "everything is correct", "perfect thank you", "all good", "book it",
    "yes please book it", "confirm", "yes i confirm", "go ahead", "sounds good", "that works for me", "no problem",
    "👍", "👍🏽", "👌 thanks", "✅",
)  # fmt: skip
NO_YES = (
    "and then?", "well then", "alright then, but the other number", "put me down for tuesday",
    "yes but the number is wrong", "yes but", "yes except the number", "ok but later", "yes and change the time",
    "correct the name", "CANCEL", "cancel", "STOP", "no", "nope", "👎", "maybe", "yes?", "right?", "not right",
    "thanks", "please", "hello", "the", "yes no", "i am", "", "I guess so if you can do Tuesday",
)  # fmt: skip
NO = (
    "no", "NO", "No.", "nope", "n", "nah", "wrong", "incorrect", "that's not right", "thats not correct",
    "that is wrong", "no that's wrong", "not quite", "it's not right", "this is not right", "no thanks", "no sorry",
    "👎", "doesn't look right",
)  # fmt: skip
NOT_NO = (
    "yes", "no problem", "no worries", "no changes", "no, the other number", "not sure", "I don't know", "noon",
    "thanks", "cancel", "STOP", "the time is wrong", "no the time is wrong", "",
)  # fmt: skip
CHANGES = {
    "no, the other number": "contact", "wrong name": "name", "make it the afternoon": "time",
    "yes except the number": "contact", "yes but my last name is Ng": "name", "tuesday instead": "time",
    "the name is right but the number is wrong": "contact", "name and number are wrong": "name contact",
    "change the time": "time", "my email changed": "contact", "the email is wrong": "contact", "no, 9:30": "time",
    "different day please": "time", "its spelled wrong": "name", "the reason is wrong": "reason",
    "wrong phone": "contact", "can we do a different time": "time", "fix my name": "name", "not my number": "contact",
    "actually thursday works better": "time", "you misspelled my name": "name",
    "name is fine, number isn't": "contact", "thats an old number": "contact", "typo in my email": "contact",
    "the time is fine but change the email and the name": "contact name", "my last name should be Hale": "name",
    "can you switch it to friday": "time", "no my number is 312": "contact",
    "everything is wrong": "name contact time reason", "all wrong": "name contact time reason", "all correct": "",
    "yes": "", "no": "", "looks good": "", "the name is right and the time is right": "", "my name is Tina": "",
    "": "",
}  # fmt: skip
STOP = (
    "never mind", "nevermind", "nvm", "forget it", "Forget about it.", "stop", "STOP", "stop please",
    "stop the booking", "CANCEL", "cancel this", "cancel the booking", "quit", "c", "I don't want to book anymore",
    "i dont want to do this anymore", "i don't want an appointment", "i changed my mind", "no never mind thanks",
    "I'll call instead", "not interested", "maybe later",
)  # fmt: skip
NO_STOP = (
    "cancel my appointment", "i want to cancel my appointment on tuesday", "no", "yes", "stop taking my pills?",
    "never", "forget my name, use Ana", "call me", "it won't stop hurting", "what if I cancel", "can",
    "I never mind the pain", "",
)  # fmt: skip
DECLINES = (
    "I'd rather not give my number", "i'd rather not", "id rather not say", "no phone", "no email", "skip",
    "skip this", "pass", "prefer not to say", "i prefer not to", "i don't want to give my number",
    "don't want to share my phone number", "I won't give you my name", "not telling you",
    "not comfortable sharing that", "I don't have an email", "I do not have a phone", "none of your business",
    "it's private", "thats personal", "rather not say", "can't say",
)  # fmt: skip
NO_DECLINES = (
    "no", "yes", "Tina", "312-555-0128", "my phone is broken, email me", "no pain", "I'd rather do tuesday",
    "I'd prefer mornings", "skip tuesday", "i can't tell where the pain starts", "no phone calls before 9", "next",
    "",
)  # fmt: skip
WHY = (
    "why", "why?", "why do you need that?", "what for", "what's that for?", "who sees this?", "who gets this",
    "who will see my information", "why my number", "why do you want my name", "what do you need it for",
    "is this private", "is my information safe?", "do i have to give my number", "how come",
    "what will you do with my number", "is that necessary?", "why are you asking", "do you share this",
    "why is that needed",
)  # fmt: skip
NO_WHY = (
    "who is the doctor", "why does my back hurt", "why did my surgery fail", "why do I need surgery",
    "why do you need an MRI", "is it safe", "is it safe to drive", "is the surgery safe", "why is my leg numb",
    "what time", "what do you treat", "who are you", "tina", "no", "",
)  # fmt: skip
REFERENCES = {
    "ABCD-EFGH": "ABCD-EFGH", "abcd-efgh": "ABCD-EFGH", "K7QM-2XRT": "K7QM-2XRT", "k7qm2xrt": "K7QM-2XRT",
    "K7QM 2XRT": "K7QM-2XRT", "my reference is k7qm 2xrt": "K7QM-2XRT", "k7qm - 2xrt": "K7QM-2XRT",
    "k7qm–2xrt thanks": "K7QM-2XRT", "K 7 Q M 2 X R T": "K7QM-2XRT", "Booking k7qm-2xrt please cancel": "K7QM-2XRT",
    "KOQM-2XIT": "K0QM-2X1T", "ref: k0qm2xrl": "K0QM-2XR1", "it is K7QM-2XRT.": "K7QM-2XRT",
}  # fmt: skip
NO_REFERENCES = (
    "appointment", "consults", "sciatica", "back pain", "pain 2019", "back pain 2019", "i work full-time", "part-time",
    "half-time job", "312-555-0128", "tues 9:30", "friday 9a", "12345678", "I was born 1960-1201",
    "reference abcd efgh",
    "my code is ABCDEFGH", "", "bo12-cd34@example.com",
)  # fmt: skip

PHRASES = {
    "yes": (is_yes, YES, True),
    "not yes": (is_yes, NO_YES, False),
    "no": (is_no, NO, True),
    "not no": (is_no, NOT_NO, False),
    "stop": (wants_to_stop, STOP, True),
    "not stop": (wants_to_stop, NO_STOP, False),
    "declines": (declines, DECLINES, True),
    "does not decline": (declines, NO_DECLINES, False),
    "asks why": (asks_why, WHY, True),
    "does not ask why": (asks_why, NO_WHY, False),
}


@pytest.mark.parametrize(("reads", "texts", "expected"), PHRASES.values(), ids=PHRASES)
def test_every_phrase_is_read_as_it_is_meant(reads, texts, expected):
    assert [text for text in texts if reads(text) is not expected] == []


@pytest.mark.parametrize(("text", "details"), CHANGES.items())
def test_which_details_are_said_to_be_wrong(text, details):
    assert reads_change(text) == frozenset(details.split())


@pytest.mark.parametrize("text", [*YES, *NO])
def test_a_plain_yes_or_no_changes_nothing(text):
    assert reads_change(text) == frozenset()


@pytest.mark.parametrize("text", YES)
def test_a_yes_is_no_no(text):
    assert not is_no(text)


@pytest.mark.parametrize(("text", "reference"), REFERENCES.items())
def test_a_reference_is_read_however_it_is_typed(text, reference):
    assert reads_reference(text) == reference


@pytest.mark.parametrize("text", NO_REFERENCES)
def test_what_is_no_reference(text):
    assert reads_reference(text) is None
