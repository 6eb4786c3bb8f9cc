"""Whatever is sent gets a parse, and Spanish is noticed."""

import time

import pytest
import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bot.nlu.labels import FALLBACK, intent_of
from bot.settings import ROOT

INTENTS = {
    name
    for intent in yaml.safe_load((ROOT / "domain.yml").read_text())["intents"]
    for name in ([intent] if isinstance(intent, str) else intent)
}
SLOWEST = 10  # seconds for one message, on a busy machine; long ones take one or two
ODD = {
    "one letter": "a",
    "one sign": "?",
    "a digit": "7",
    "10,000 letters": "a" * 10_000,
    "10,000 words": "pain " * 2_000,
    "10,000 spaces": "how" + " " * 9_990 + "bad?",
    "10,000 signs": "!" * 10_000,
    "10,000 line breaks": "bad" + " \n" * 5_000 + "pain",
    "10,000 emoji": "😭" * 10_000,
    "500 sentences": "My leg hurts since the surgery. " * 500,
    "500 questions": "What is RFA and how long does it last? " * 500,
    "500 lines": "- numb foot\n" * 500,
    "only emoji": "😭🔥🦵🏽",
    "a family of emoji": "👨‍👩‍👧‍👦 🇺🇸 1️⃣",
    "control characters": "back\x00 pa\x07in\x1b[31m \x7f\x85",
    "nulls": "\x00\x00\x00",
    "right to left": "ألم في الظهر",
    "turned direction": "\u202epain back\u202c my \u2066leg\u2069",
    "nothing to see": "\u200b\u200d\ufeff\u00ad",
    "marks without letters": "\u0301\u0308\u20e3",
    "HTML": "<script>alert('x')</script><b>How long does RFA last?</b>&nbsp;&amp;",
    "an open tag": "<" * 300 + "how do I book?",
    "code": "def f(x):\n    return {x: [1, 2][0]}  # {{ 7 * 7 }} ${HOME} %s",
    "SQL": "'; DROP TABLE messages; --",
    "JSON": '{"intent": "affirm", "entities": []}',
    "Rasa's markup": '[gabapentin](medicine) and [leg]{"entity": "body_part"}',
    "mixed scripts": "боль в спине 背中の痛み πόνος पीठ दर्द and RFA",
    "styled letters": "𝓭𝓸𝓮𝓼 𝕣𝕗𝕒 ｈｅｌｐ ⓜⓔ",
    "a long word": "gabapentin" * 900,
    "long words": ("radiofrequency" * 20 + " ") * 30,
    "an address": "https://example.org/a?b=c&d=%20 me@example.org +1 (555) 010-9999",
    "line ends": "how\r\nlong\rdoes\u2028it\u2029last",
    "private use": "\ue000\uf8ff\U0010ffff",
}


def check(text, parsed):
    text = text.strip()  # as Rasa does; offsets count from there
    assert parsed["intent"]["name"] in INTENTS
    assert 0 <= parsed["intent"]["confidence"] <= 1 + 1e-6
    assert intent_of(parsed["label"]) in INTENTS
    assert parsed["intent"]["name"] in {FALLBACK, intent_of(parsed["label"])}
    assert parsed["language"] in {"en", "es"}
    of_parts = [(part["labels"], "label") for part in parsed["parts"]]
    for rows, key in [(parsed["topics"], "topic"), (parsed["labels"], "label"), *of_parts]:
        assert rows
        assert all(row[key] for row in rows)
        confidences = [row["confidence"] for row in rows]
        assert confidences == sorted(confidences, reverse=True)
        assert all(0 <= confidence <= 1 for confidence in confidences)
        assert sum(confidences) <= 1.01
    for entity in parsed["entities"]:
        assert entity["entity"]
        assert entity["value"]
        assert 0 <= entity["start"] < entity["end"] <= len(text)


@pytest.mark.parametrize("kind", sorted(ODD))
def test_odd_messages_are_parsed_in_time(understand, kind):
    started = time.monotonic()
    parsed = understand(ODD[kind])
    assert time.monotonic() - started < SLOWEST
    check(ODD[kind], parsed)


@pytest.mark.parametrize("text", ["", " ", "\n\t \u2003"])
def test_an_empty_message_is_no_error(understand, text):
    # The gateway answers it by itself; to Rasa it has no intent.
    assert understand(text)["intent"]["name"] is None


@settings(max_examples=60, deadline=None)
@given(text=st.text(min_size=1, max_size=400))
@example(text="can\u0307t sleep, İSTANBUL")
@example(text="´¨ gabapentin ﷺ½")
def test_any_text_gets_intent_label_topics_and_entities_in_it(understand, text):
    assume(not text.lstrip().startswith("/"))  # a command to Rasa; the channel lets none through
    assume(text.strip())  # blank messages are answered by the gateway
    check(text, understand(text))


@settings(max_examples=30, deadline=None)
@given(
    before=st.text(max_size=40),
    named=st.sampled_from(["gabapentin", "SCS", "epidural", "Radiofrequency Ablation", "stimulator", "back pain"]),
    after=st.text(max_size=40),
)
def test_what_is_named_is_found_where_it_stands(understand, before, named, after):
    assume(not before.lstrip().startswith("/"))
    assume("<" not in before or ">" not in after)  # what looks like markup is not read
    text = f"{before} . {named} . {after}".strip()
    assert named in [text[entity["start"] : entity["end"]] for entity in understand(text)["entities"]]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("plzzz wat iz gabapenten 4", "gabapenten"),
        ("😭😭 my stimulater broke", "stimulater"),
        ("<b>epidurel</b> or not", "epidurel"),
        ("abt pt 2day", "pt"),
        ("&amp; ｅｐｉｄｕｒａｌ shot", "ｅｐｉｄｕｒａｌ shot"),
    ],
)
def test_what_is_named_in_other_words_is_shown_as_it_was_written(understand, text, named):
    assert named in [text[entity["start"] : entity["end"]] for entity in understand(text)["entities"]]


@pytest.mark.parametrize(
    "text",
    [
        "Me duele mucho la espalda",
        "¿Cuánto dura la ablación?",
        "necesito una cita",
        "quiero hablar con una persona",
        "tengo dolor de espalda despues de la cirugia",
        "que es el sindrome de espalda fallida",
        "mi mama se opero de la columna y le duele",
        "no puedo orinar desde ayer",
        "HABLA ESPAÑOL?",
        "quisiera agendar una consulta por favor",
        "cuanto cuesta la operacion",
        "Ya no quiero vivir con este dolor",
    ],
)
def test_spanish_is_noticed(understand, text):
    assert understand(text)["language"] == "es"


@pytest.mark.parametrize(
    "text",
    [
        "How long does radiofrequency ablation last?",
        "hi",
        "no",
        "si joint",
        "rfa?",
        "lumbar fusion",
        "cud u tel me abt de stimulater",
        "gabapenten 4 siatica pane",
        "wat r de simptoms",
        "is Dr. Martinez there",
        "Dr. Gonzalez told me about SCS",
        "my name is José Hernández and my back hurts",
        "Maria de la Cruz here, can I book a visit",
        "I live in San Antonio, is that a problem",
        "no pain no gain",
        "do you speak Spanish?",
        "la la la",
        "zxqv 8841",
        "😭",
    ],
)
def test_english_is_not_taken_for_spanish(understand, text):
    assert understand(text)["language"] == "en"
