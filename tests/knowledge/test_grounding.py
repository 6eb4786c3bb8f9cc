"""Everything that the assistant says is in the document, approved, readable and short enough for SMS."""

import json
import re
from dataclasses import replace

import pytest
import textstat
import yaml

from bot.knowledge.catalogue import load_catalogue, same_words, sentences
from bot.knowledge.check import check_project, problems
from bot.nlu.lexicon import LEXICON
from bot.safety.replies import approved_texts, safety_texts
from bot.settings import ROOT

CATALOGUE = load_catalogue()
RESPONSES = yaml.safe_load((ROOT / "domain.yml").read_text())["responses"]
EXAMPLES = {
    entry["intent"]: entry["examples"].splitlines()
    for entry in yaml.safe_load((ROOT / "data/nlu.yml").read_text())["nlu"]
}
HELD_BACK = yaml.safe_load((ROOT / "tests/nlu/questions.yml").read_text())
SPOKEN = [(name, variant) for name, variants in RESPONSES.items() for variant in variants]

# GSM 03.38, the basic character set: a character outside makes the whole SMS cost more than twice as much.
GSM_7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
SMS_MOST = 320
GRADE_MOST = 8.0

# Names of medical things that a plain text cannot avoid; the reading grade counts each as one short word.
MEDICAL_NAMES = {
    "failed back surgery syndrome", "post-laminectomy syndrome", "laminectomy", "discectomy", "spinal fusion",
    "lumbar fusion", "anti-inflammatory medications", "nerve pain medications", "medications", "medication",
    "interventional procedures", "interventional options", "interventional techniques",
    "epidural steroid injections", "si joint injections", "epidural and si joint injections",
    "physical therapy and rehabilitation", "rehabilitation", "radiculopathy", "syndrome",
    "peripheral nerve stimulation", "nerve stimulation", "sacroiliac", "inflammation", "inflamed", "diagnosis",
    "depression or anxiety", "herniation", "herniated", "herniates", "poison control", "medical emergency",
    "parkview spine & pain", "suicide and crisis lifeline",
}  # fmt: skip


def test_every_sentence_is_grounded_or_approved():
    assert check_project(safety_texts()) == []


@pytest.mark.parametrize("topic", sorted(CATALOGUE.answers))
def test_the_sources_of_an_answer_are_words_of_the_document(topic):
    for variant in RESPONSES[f"utter_faq/{topic}"]:
        passages = CATALOGUE.passages_behind(topic, variant["text"])
        assert passages
        for passage in passages:
            assert same_words(passage.quote) in same_words(CATALOGUE.source)


def changed(name, text):
    return {**RESPONSES, name: [{"text": text}, {"text": text, "channel": "sms"}]}


def test_an_invented_sentence_is_found():
    text = RESPONSES["utter_faq/rfa_duration"][0]["text"] + " It lasts 3 years in most people."
    found = problems(CATALOGUE, changed("utter_faq/rfa_duration", text), approved_texts())
    assert any("'It lasts 3 years in most people.'" in problem for problem in found)


def test_a_fact_of_another_topic_is_found():
    borrowed = "RFA can offer 6 to 18 months of relief with a single procedure."
    found = problems(CATALOGUE, changed("utter_faq/epidural_injection", borrowed), approved_texts())
    assert any("utter_faq/epidural_injection says" in problem for problem in found)


def test_a_phrase_of_refusals_is_not_an_answer():
    found = problems(CATALOGUE, changed("utter_faq/scs", "Ask me about any of these."), approved_texts())
    assert "domain.yml: utter_faq/scs says nothing that is in the document" in found


def test_a_quote_that_is_not_in_the_document_is_found():
    passages = {**CATALOGUE.passages, "rfa.2": "RFA can offer 6–24 months of relief"}
    found = problems(replace(CATALOGUE, passages=passages), RESPONSES, approved_texts())
    assert any("rfa.2 is not in the source document" in problem for problem in found)


def test_an_unused_passage_is_found():
    passages = {**CATALOGUE.passages, "extra.1": "Residual or recurrent disc herniation"}
    found = problems(replace(CATALOGUE, passages=passages), RESPONSES, approved_texts())
    assert "passages.yml: no answer uses extra.1" in found


def test_an_answer_without_sms_variant_is_found():
    long_only = {**RESPONSES, "utter_faq/pns": RESPONSES["utter_faq/pns"][1:]}
    assert any("utter_faq/pns needs" in problem for problem in problems(CATALOGUE, long_only, approved_texts()))


@pytest.mark.parametrize("topic", sorted(CATALOGUE.topics))
def test_every_topic_has_examples_and_questions_held_back(topic):
    answered = topic in CATALOGUE.answers
    labels = [label for label in EXAMPLES if label == f"faq/{topic}" or label.split("/")[0] == topic]
    assert sum(len(EXAMPLES[label]) for label in labels) >= (40 if answered else 60)
    assert any(label in HELD_BACK for label in labels)


def test_no_question_held_back_is_an_example():
    examples = {line.removeprefix("- ").strip().lower() for lines in EXAMPLES.values() for line in lines}
    difficult = yaml.safe_load((ROOT / "tests/nlu/difficult_questions.yml").read_text())
    for questions in [*HELD_BACK.values(), *difficult.values()]:
        assert not examples & {question.strip().lower() for question in questions}


@pytest.mark.parametrize("name", ["nlu/stories.yml", "dialogue/two_questions.yml"])
def test_no_message_that_measures_is_an_example(name):
    examples = {line.removeprefix("- ").strip().lower() for lines in EXAMPLES.values() for line in lines}
    held_back = {each["text"].strip().lower() for each in yaml.safe_load((ROOT / "tests" / name).read_text())}
    assert not examples & held_back


def test_no_development_message_is_an_example():
    examples = {line.removeprefix("- ").strip().lower() for lines in EXAMPLES.values() for line in lines}
    for line in (ROOT / "evaluation/dev-questions.jsonl").read_text().splitlines():
        assert json.loads(line)["text"].strip().lower() not in examples
    for line in (ROOT / "evaluation/dev-dialogues.jsonl").read_text().splitlines():
        for turn in json.loads(line)["turns"]:
            assert turn["user"].strip().lower() not in examples


@pytest.mark.parametrize("label", sorted(label for label in EXAMPLES if "/" in label))
def test_every_label_of_a_retrieval_intent_has_a_response(label):
    assert f"utter_{label}" in RESPONSES


def test_buttons_say_words_that_are_examples_of_their_topic():
    for topic in CATALOGUE.answers | {"book_consultation", "talk_to_human"}:
        label = f"faq/{topic}" if topic in CATALOGUE.answers else topic
        assert f"- {CATALOGUE.titles[topic]}" in EXAMPLES[label]


@pytest.mark.parametrize(
    "variant", [variant for _, variant in SPOKEN], ids=[f"{name}-{v.get('channel', 'web')}" for name, v in SPOKEN]
)
def test_a_text_reads_at_grade_eight_or_lower(variant):
    assert grade(variant["text"]) <= GRADE_MOST, variant["text"]


@pytest.mark.parametrize("name", sorted(safety_texts()))
def test_a_safety_text_names_its_reference(name):
    assert safety_texts()[name].reference


def test_sms_variants_fit_into_two_parts_of_the_gsm_alphabet():
    for name, variant in SPOKEN:
        if variant.get("channel") == "sms":
            said = re.sub(r"\{\w+\}", "", variant["text"])  # what stands there is tried with the channel itself
            assert len(said) <= SMS_MOST, name
            assert not set(said) - GSM_7, name


def test_the_number_to_call_stands_in_the_first_sms():
    for text in (safety_texts()[name].sms for name in ("emergency", "overdose")):
        assert "911" in text[:160]
    assert "988" in safety_texts()["crisis"].sms[:160]


def grade(text):
    names = MEDICAL_NAMES | {
        words
        for values in yaml.safe_load(LEXICON.read_text()).values()
        for entry in values.values()
        for words in entry["words"]
    }
    plain = ". ".join(sentences(text)).lower()
    for name in sorted(names, key=len, reverse=True):
        if " " in name or len(name) > 7:
            plain = plain.replace(name, "it")
    return textstat.flesch_kincaid_grade(plain)
