"""The benchmark's own judgement and table; the pipelines themselves are not trained here."""

import importlib.util
import json
from pathlib import Path

import pytest
import yaml

from bench.one_side import latencies
from bench.scoring import Question, read_questions, score, topic_heard, topic_within_intent
from bench.side_by_side import ROOT, sides_so_far, write_config, write_examples
from bench.table import table

DEFAULT_CONFIG = ROOT / "bench" / "default-config.yml"
RETRIEVAL = ["faq", "not_in_source", "smalltalk"]


def ours(intent, label):
    return {"intent": {"name": intent, "confidence": 0.9}, "label": label}


def default(intent, *selected):
    """What Rasa's default pipeline gives; ``selected``: the selector's labels, best first."""
    keys = [{"intent_response_key": key, "confidence": 0.5} for key in selected]
    return {
        "intent": {"name": intent, "confidence": 0.9},
        "response_selector": {
            "all_retrieval_intents": RETRIEVAL,
            "default": {"response": keys[0], "ranking": keys},
        },
    }


@pytest.mark.parametrize(
    ("parsed", "topic"),
    [
        (ours("faq", "faq/rfa"), "rfa"),
        (ours("not_in_source", "not_in_source/risks"), "not_in_source"),
        (ours("crisis", "crisis"), "crisis"),
        (ours("nlu_fallback", "faq/rfa"), None),
        (default("faq", "faq/rfa", "faq/scs"), "rfa"),
        (default("not_in_source", "not_in_source/risks"), "not_in_source"),
        (default("crisis", "faq/rfa"), "crisis"),  # no parts, so the selector is not asked
        (default("nlu_fallback", "faq/rfa"), None),
        (default(None, "faq/rfa"), None),
        ({"intent": {"name": "crisis"}}, "crisis"),
    ],
)
def test_the_topic_of_either_pipeline(parsed, topic):
    assert topic_heard(parsed) == topic
    assert topic_within_intent(parsed) == topic


def test_a_selector_of_one_intent_goes_before_the_one_for_all():
    parsed = default("faq", "faq/scs")
    parsed["response_selector"]["faq"] = {"response": {"intent_response_key": "faq/rfa"}, "ranking": []}
    assert topic_heard(parsed) == "rfa"


def test_a_response_of_another_intent_is_what_rasa_gives():
    parsed = default("faq", "not_in_source/risks", "faq/scs")
    assert topic_heard(parsed) == "not_in_source"
    assert topic_within_intent(parsed) == "scs"
    parsed = default("not_in_source", "faq/scs")
    assert topic_heard(parsed) == "scs"
    assert topic_within_intent(parsed) == "not_in_source"


def test_a_part_that_is_not_in_the_ranking_is_not_guessed():
    question = Question("?", "rfa")
    assert not question.accepts(topic_within_intent(default("faq", "smalltalk/bye")))


def test_the_score_counts_what_is_accepted_and_answers_by_themselves():
    questions = [
        Question("1", "rfa"),
        Question("2", "scs", frozenset({"rfa"})),
        Question("3", "crisis"),
        Question("4", "scs"),
        Question("5", "smalltalk"),
    ]
    parses = [
        ours("faq", "faq/rfa"),
        ours("faq", "faq/rfa"),  # right by "also"
        ours("faq", "faq/rfa"),
        ours("nlu_fallback", "faq/scs"),  # wrong, although the label would be right
        default("smalltalk", "faq/scs", "smalltalk/bye"),
    ]
    result = score(questions, parses, frozenset({"rfa", "scs"}))
    assert (result.right, result.of) == (2, 5)
    assert (result.answers_right, result.answers_of) == (2, 3)
    assert result.right_within_intent == 3
    assert result.not_understood == 1


def test_only_single_messages_are_read(tmp_path):
    file = tmp_path / "questions.jsonl"
    rows = [{"text": "a", "topic": "rfa", "also": ["scs"]}, {"turns": []}, {"text": "b", "topic": "scs"}]
    file.write_text("\n".join(map(json.dumps, rows)) + "\n\n")
    assert read_questions(file) == [Question("a", "rfa", frozenset({"scs"})), Question("b", "scs")]


def test_latencies_are_in_milliseconds():
    measured = latencies([index / 1000 for index in range(1, 101)])
    assert measured == {"parse_p50_ms": pytest.approx(50.5), "parse_p95_ms": pytest.approx(96.0)}


def test_the_default_pipeline_is_the_one_of_the_installed_rasa():
    package = Path(importlib.util.find_spec("rasa").origin).parent
    theirs = yaml.safe_load((package / "engine/recipes/config_files/default_config.yml").read_text())
    assert yaml.safe_load(DEFAULT_CONFIG.read_text())["pipeline"] == theirs["pipeline"]


def test_epochs_go_to_the_components_that_have_them(tmp_path):
    write_config(DEFAULT_CONFIG, tmp_path / "few.yml", 2)
    pipeline = yaml.safe_load((tmp_path / "few.yml").read_text())["pipeline"]
    assert {part["name"]: part["epochs"] for part in pipeline if "epochs" in part} == {
        "DIETClassifier": 2,
        "ResponseSelector": 2,
    }
    write_config(DEFAULT_CONFIG, tmp_path / "same.yml", None)
    assert yaml.safe_load((tmp_path / "same.yml").read_text()) == yaml.safe_load(DEFAULT_CONFIG.read_text())


def test_examples_are_capped_a_label(tmp_path):
    source, target = tmp_path / "all.yml", tmp_path / "few.yml"
    source.write_text('version: "3.1"\nnlu:\n- intent: a/b\n  examples: |\n    - "é: 1"\n    - 2\n    - 3\n')
    write_examples(source, target, 2)
    assert yaml.safe_load(target.read_text())["nlu"] == [{"intent": "a/b", "examples": '- "é: 1"\n- 2\n'}]
    write_examples(source, target, None)
    assert target.read_text() == source.read_text()


def test_sides_measured_before_are_kept(tmp_path):
    file = tmp_path / "figures.json"
    assert sides_so_far(None) == sides_so_far(file) == {}
    file.write_text(json.dumps({"default": {"right": 1}, "other": {}}))
    assert sides_so_far(file) == {"default": {"right": 1}}


def figures(right, seconds, **more):
    return {
        "right": right,
        "of": 10,
        "answers_right": 4,
        "answers_of": 5,
        "right_within_intent": right,
        "not_understood": 0,
        "parse_p50_ms": 5.0,
        "parse_p95_ms": 9.0,
        "parse_cpu_ms": 6.0,
        "training_s": seconds,
        "training_cpu_s": seconds,
        "training_peak_mb": 1234.5,
        "parsing_mb": 600.0,
        "inputs": "same",
        "examples": None,
        "cores": 2,
        "load": 0.5,
        **more,
    }


def row(text, label):
    return next(line.removeprefix(label).split() for line in text.splitlines() if line.startswith(label))


def test_the_table_shows_both_sides_and_their_ratio():
    text = table({"default": figures(5, 2000.0, epochs=100), "ours": figures(9, 400.0)})
    assert row(text, "accuracy, all questions") == ["0.900", "(9", "of", "10)", "0.500", "(5", "of", "10)", "1.80"]
    assert row(text, "training in s") == ["400", "2,000", "0.20"]
    assert row(text, "not understood (nlu_fallback)")[-1] == "-"  # nothing to divide by
    assert row(text, "training, peak memory in MB") == ["1,234", "1,234", "1.00"]
    assert "trained 100 epochs\n" in text + "\n"
    assert "ATTENTION" not in text


def test_the_table_of_one_side_has_no_ratio():
    text = table({"default": figures(5, 2000.0, epochs=40, examples=5)})
    assert row(text, "training in s") == ["2,000"]
    assert "this project" not in text
    assert "at most 5 examples a label" in text
    assert "trained 40 epochs (--epochs 40; Rasa's default is 100)" in text


def test_the_table_warns_of_different_inputs():
    text = table({"default": figures(5, 1.0, epochs=100), "ours": figures(9, 1.0, inputs="other")})
    assert "ATTENTION" in text
