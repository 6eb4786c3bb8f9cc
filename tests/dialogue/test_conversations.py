"""Whole conversations by another writer, through the trained model and the plans, without servers."""

import pytest
import yaml

from bot.dialogue.context import Context
from bot.dialogue.plan import Say, plan
from bot.dialogue.reading import Reading
from bot.gateway.assistant_client import Turn
from bot.gateway.reading import read_replies
from bot.knowledge.catalogue import load_catalogue
from bot.settings import ROOT

SAFETY = load_catalogue().safety


def read(name):
    return yaml.safe_load((ROOT / "tests" / "dialogue" / name).read_text())


@pytest.fixture(scope="module")
def reply(understand):
    """A function from a text, a context and a turn to the topics that were served, the kinds, and the context after."""

    def reply(text, context, turn):
        message = understand(text)
        intent = message["intent"]["name"]
        if intent in SAFETY:
            return {intent}, False, context
        planned = plan(Reading.from_message(message), context, turn)
        said = [*planned.says, *([Say(f"utter_{planned.hand_over}")] if planned.hand_over else [])]
        replies = read_replies(Turn([as_returned(each) for each in said]))
        return {each.topic for each in replies}, any(each.kind == "clarify" for each in replies), planned.context

    return reply


def as_returned(say):
    returned = {"text": "…", "buttons": [], "response": say.response, "topic": say.topic, "passages": say.passages}
    return returned | {"clarifies": None}


def met(expected, topics, asks):
    if "+" in expected:
        return set(expected.split("+")) <= topics
    accepted = set(expected.split("|"))
    return bool(topics & accepted) or ("clarify" in accepted and asks)


def test_conversations_by_another_writer_go_as_expected(reply):
    results = []
    for conversation in read("conversations.yml"):
        context = Context()
        for turn, message in enumerate(conversation["messages"], start=1):
            topics, asks, context = reply(message["text"], context, turn)
            results.append(met(message["expected"], topics, asks))
    assert sum(results) / len(results) >= 0.85


def test_two_questions_in_one_message_are_both_answered(reply):
    results = [met(each["expected"], *reply(each["text"], Context(), 1)[:2]) for each in read("two_questions.yml")]
    assert sum(results) / len(results) >= 0.6


def test_the_question_at_the_end_of_a_story_counts(understand):
    stories = yaml.safe_load((ROOT / "tests" / "nlu" / "stories.yml").read_text())
    right = [understand(each["text"])["topics"][0]["topic"] == each["expected"] for each in stories]
    assert sum(right) / len(right) >= 0.95


@pytest.mark.parametrize("treatment", ["an epidural", "an SI joint injection", "the stimulator", "the Racz procedure"])
def test_the_duration_of_rfa_is_never_given_for_another_treatment(reply, treatment):
    _, _, context = reply(f"What is {treatment}?", Context(), 1)
    for turn, text in enumerate(["How long does it last?", f"And how long does {treatment} last?"], start=2):
        topics, _, context = reply(text, context, turn)
        assert not topics & {"rfa", "rfa_duration"}
