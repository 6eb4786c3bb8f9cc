"""Spanish is noticed, and English, however it is spelt, is not taken for it."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge.catalogue import load_catalogue
from bot.nlu.language import language_of
from bot.settings import ROOT

HELD_BACK = yaml.safe_load((ROOT / "tests/nlu/questions.yml").read_text())


@pytest.mark.parametrize(
    "text",
    [
        "Me duele mucho la espalda",
        "ME DUELE LA PIERNA",
        "¿Cuánto dura la ablación?",
        "cuanto tiempo dura",
        "necesito una cita",
        "quiero hablar con una persona",
        "tengo dolor de espalda despues de la cirugia",
        "que es el sindrome de espalda fallida",
        "no puedo orinar",
        "no siento mis piernas",
        "Me quiero morir",
        "habla español?",
        "kiero una cita",
        "Que hacen las inyecciones epidurales?",
        "muchas gracias señor",
    ],
)
def test_spanish_is_noticed(text):
    assert language_of(text) == "es"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "😭",
        "no",
        "no no no",
        "me",
        "si joint injection",
        "rfa",
        "lol ok",
        "Maria Lopez",
        "Dr. Gonzalez told me about SCS",
        "my name is José Hernández and my back hurts",
        "I live in El Paso, Texas",
        "San Antonio",
        "cud u tel me abt de stimulater",
        "gabapenten 4 siatica",
        "wat r de simptoms",
        "laminektomy",
        "la la la",
        "I am from Puerto Rico, do you speak Spanish",
        "боль в спине",
        "背中の痛み",
        "1234 5678",
    ],
)
def test_english_and_what_is_neither_is_not_taken_for_spanish(text):
    assert language_of(text) == "en"


@pytest.mark.parametrize(
    "name", ["Jose", "María", "Dr. Rodriguez", "Guadalupe Hernandez", "Juan Carlos de la Vega", "Ms. Ibáñez"]
)
def test_a_spanish_name_does_not_make_a_message_spanish(name):
    assert language_of(f"{name} told me that I should ask about my back pain") == "en"
    assert language_of(f"Hi, {name} here, I need to move my appointment") == "en"


@settings(max_examples=60, deadline=None)
@given(line=st.sampled_from([line for line in load_catalogue().source.splitlines() if line.strip()]))
def test_the_document_is_english(line):
    assert language_of(line) == "en"


def test_questions_are_hardly_ever_taken_for_spanish():
    texts = [text for questions in HELD_BACK.values() for text in questions]
    assert sum(language_of(text) == "es" for text in texts) <= len(texts) / 500


@settings(max_examples=100, deadline=None)
@given(text=st.text())
def test_any_text_has_a_language(text):
    assert language_of(text) in {"en", "es"}
    assert language_of(text) == language_of(text)
