"""Folds: no example is predicted by a model that has seen it, and each is predicted once."""

from collections import Counter

import numpy as np
import pytest

from bot.errors import ConfigurationError
from bot.nlu.cleanup import NO_WORDS
from bot.nlu.encoder import shared_encoder
from bot.nlu.tuning import Tuning
from bot.nlu_evaluation import cross_validation
from bot.nlu_evaluation.cross_validation import Example, cross_validate, folds_of, learned_from, read_examples

TRAINING_DATA = """
nlu:
- intent: faq/rfa
  examples: |
    - what is RFA
    - how - in short - does it work
    - <br>
    - four
    - five
- intent: smalltalk/bye
  examples: |
    - bye
- synonym: fbss
  examples: |
    - failed back surgery syndrome
"""


@pytest.fixture
def training_file(tmp_path):
    file = tmp_path / "nlu.yml"
    file.write_text(TRAINING_DATA, encoding="utf-8")
    return file


def test_the_examples_of_all_intents_are_read_as_clean_text(training_file):
    examples = read_examples(training_file)
    assert Counter(example.label for example in examples) == {"faq/rfa": 5, "smalltalk/bye": 1}
    assert examples[1].text == "how - in short - does it work"
    assert examples[2].text == NO_WORDS  # without its markup, nothing is left


def test_fewer_examples_are_spread_over_the_list(training_file):
    texts = [example.text for example in read_examples(training_file, 3)]
    assert len(texts) == 4
    assert texts[2:] == ["five", "bye"]


def test_every_label_is_spread_over_all_folds():
    labels = ["a"] * 10 + ["b"] * 15 + ["c"] * 5
    folds = folds_of(labels, 5)
    assert sorted(set(folds)) == [0, 1, 2, 3, 4]
    for label, share in (("a", 2), ("b", 3), ("c", 1)):
        assert set(Counter(folds[np.array(labels) == label]).values()) == {share}


def test_too_few_examples_for_the_folds_are_told():
    with pytest.raises(ConfigurationError, match="b has 2 examples"):
        folds_of(["a"] * 5 + ["b"] * 2, 3)


def test_folds_never_share_an_example_nor_a_text():
    examples = [Example(f"text {number // 2 if number < 6 else number}", "ab"[number % 2]) for number in range(40)]
    folds = folds_of([example.label for example in examples], 4)
    for number in range(4):
        learned = learned_from(examples, folds, number)
        predicted = np.flatnonzero(folds == number)
        assert not set(learned) & set(predicted)
        assert not {examples[row].text for row in learned} & {examples[row].text for row in predicted}
        left_out = set(range(40)) - set(learned) - set(predicted)
        assert {examples[row].text for row in left_out} <= {examples[row].text for row in predicted}


class Spy:
    """Stands in for the topic model: is as sure of each label as the number of times that it was asked for the text."""

    asked: Counter
    temperature = 1.0

    def __init__(self, texts, labels):
        self.texts, self.labels = set(texts), sorted(set(labels))

    @classmethod
    def trained(cls, texts, vectors, labels):
        assert len(texts) == len(vectors) == len(labels)
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
        return cls(texts, labels)

    def probabilities(self, texts, vectors):
        assert not self.texts & set(texts)
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
        Spy.asked.update(texts)
        return np.tile([0.75, 0.25], (len(texts), 1))


@pytest.mark.parametrize("epochs", [0, 1])
def test_every_example_is_predicted_exactly_once_and_nothing_of_its_fold_is_seen(monkeypatch, epochs):
    examples = [Example(f"{word} number {number}", word) for word in ("pain", "nerve") for number in range(8)]
    tuned_on = []

    def tune(encoder, states, labels, options):  # keeps the encoder, notes how much it was given
        assert len(states) == len(labels)
        tuned_on.append(len(states))
        return encoder.weights_from(options.first_layer)

    Spy.asked = Counter()
    monkeypatch.setattr(cross_validation, "TopicModel", Spy)
    monkeypatch.setattr(cross_validation, "tune", tune)
    monkeypatch.setattr(cross_validation, "held_out", lambda text: text.endswith("0"))
    predictions = cross_validate(examples, shared_encoder(), 4, Tuning(epochs=epochs))
    assert Spy.asked == Counter({example.text: 1 for example in examples})
    assert predictions.labels == ("nerve", "pain")
    assert np.allclose(predictions.probabilities.sum(axis=1), 1)
    assert len(predictions.temperatures) == 4
    # Twelve examples are learned from a fold, less those that calibrate: two in all, of which a fold may have some.
    assert len(tuned_on) == (4 if epochs else 0)
    assert sum(tuned_on) == (4 * 12 - 2 * 3 if epochs else 0)


def test_probabilities_stand_in_the_columns_of_their_labels(monkeypatch):
    class Half(Spy):
        """Knows the second label alone, as if a fold had all examples of the first one."""

        def __init__(self, texts, labels):
            super().__init__(texts, labels)
            self.labels = ["pain"]

        def probabilities(self, texts, _vectors):
            return np.ones((len(texts), 1))

    monkeypatch.setattr(cross_validation, "TopicModel", Half)
    examples = [Example(f"{word} {number}", word) for word in ("pain", "nerve") for number in range(4)]
    predictions = cross_validate(examples, shared_encoder(), 2, Tuning(epochs=0))
    assert predictions.probabilities.tolist() == [[0.0, 1.0]] * 8
