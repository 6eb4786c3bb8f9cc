"""The lexicon finds what a message names, and where the document speaks of it."""

import pytest
import yaml

from bot.knowledge.catalogue import load_catalogue
from bot.nlu.lexicon import LEXICON, _lexicon, find_named


def named(text):
    return [(found.kind, found.value) for found in find_named(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Side effects of Gabapentin?", [("medicine", "gabapentin")]),
        ("is ACUPUNCTURE any good", [("other_treatment", "acupuncture")]),
        ("stimulator or RFA", [("treatment", "spinal cord stimulation"), ("treatment", "radiofrequency ablation")]),
        ("does Marfan syndrome matter", [("other_condition", "Marfan syndrome")]),
        ("I have weakness in my leg", [("symptom", "numbness, tingling or weakness"), ("body_part", "leg")]),
        ("what is the weather", []),
    ],
)  # fmt: skip
def test_what_is_named(text, expected):
    assert named(text) == expected


def test_the_longest_name_wins_and_its_place_is_told():
    text = "tell me about the SI joint injection please"
    (found,) = find_named(text)
    assert (found.value, text[found.start : found.end]) == ("SI joint injection", "SI joint injection")
    assert found.topic == "si_joint_injection"


def test_what_the_document_does_not_speak_of_has_no_topic():
    assert [found.topic for found in find_named("ketamine for my fibromyalgia")] == [None, None]


def test_every_topic_of_the_lexicon_is_one_that_the_document_answers():
    topics = {entry.get("topic") for values in _lexicon().values() for entry in values.values()} - {None}
    assert topics <= load_catalogue().answers


def test_each_wording_names_one_thing():
    lexicon = yaml.safe_load(LEXICON.read_text())
    wordings = [word for values in lexicon.values() for entry in values.values() for word in entry["words"]]
    assert all(isinstance(word, str) for word in wordings)
    assert sorted(wordings) == sorted(set(wordings))


def test_nothing_is_listed_twice():
    names = [line.split(":")[0] for line in LEXICON.read_text().splitlines() if line.startswith("  ")]
    assert sorted(names) == sorted(set(names))
