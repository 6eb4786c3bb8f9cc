"""The topic model learns, gives probabilities, is sure only as far as it is right, and can be stored."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.encoder import WIDTH
from bot.nlu.folds import held_out
from bot.nlu.topic_model import Options, TopicModel

WORDS = {
    "faq/rfa": ["ablation", "nerve", "heat", "needle", "burn", "relief"],
    "faq/scs": ["stimulator", "battery", "lead", "implant", "pulse", "trial"],
    "smalltalk/greet": ["hello", "hi", "morning", "there", "evening", "greetings"],
}
NAMES = sorted(WORDS)
QUICK = Options(epochs=8)


def examples(count, *, wrong=0.0, spread=0.5, seed=1):
    """Texts of few words, vectors around one direction a label, and labels, a share of which is ``wrong``."""
    rng = np.random.default_rng(seed)
    directions = np.random.default_rng(0).normal(size=(len(NAMES), WIDTH))
    numbers = rng.integers(len(NAMES), size=count)
    texts = [f"{' '.join(rng.choice(WORDS[NAMES[number]], 3))} {index}" for index, number in enumerate(numbers)]
    vectors = directions[numbers] + rng.normal(scale=spread, size=(count, WIDTH))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    given_numbers = np.where(rng.random(count) < wrong, rng.integers(len(NAMES), size=count), numbers)
    return texts, vectors.astype(np.float32), [NAMES[number] for number in given_numbers]


@pytest.fixture(scope="module")
def model():
    return TopicModel.trained(*examples(300), QUICK)


def test_it_learns_and_gives_probabilities(model):
    texts, vectors, labels = examples(100, seed=2)
    probabilities = model.probabilities(texts, vectors)
    assert probabilities.shape == (100, 3)
    assert model.labels == NAMES
    assert probabilities.min() >= 0
    assert np.allclose(probabilities.sum(axis=1), 1)
    assert [model.labels[column] for column in probabilities.argmax(axis=1)] == labels


def test_what_it_says_of_a_text_does_not_depend_on_the_others(model):
    texts, vectors, _ = examples(5, seed=3)
    alone = np.vstack([model.probabilities([text], vectors[row : row + 1]) for row, text in enumerate(texts)])
    assert np.allclose(alone, model.probabilities(texts, vectors), atol=1e-6)


def test_words_decide_where_vectors_say_nothing(model):
    nothing = np.zeros((3, WIDTH), dtype=np.float32)
    probabilities = model.probabilities([" ".join(WORDS[name]) for name in NAMES], nothing)
    assert probabilities.argmax(axis=1).tolist() == [0, 1, 2]


@given(text=st.text())
def test_any_text_has_probabilities(model, text):
    probabilities = model.probabilities([text], np.zeros((1, WIDTH), dtype=np.float32))
    assert probabilities.sum() == pytest.approx(1)


def test_a_stored_model_says_the_same(model, tmp_path):
    texts, vectors, _ = examples(20, seed=4)
    model.save(tmp_path / "topics.skops")
    loaded = TopicModel.load(tmp_path / "topics.skops", QUICK)
    assert loaded.labels == model.labels
    assert loaded.temperature == model.temperature
    assert np.array_equal(loaded.probabilities(texts, vectors), model.probabilities(texts, vectors))


def test_the_same_examples_give_the_same_model(model):
    texts, vectors, _ = examples(20, seed=5)
    again = TopicModel.trained(*examples(300), QUICK)
    assert np.array_equal(again.probabilities(texts, vectors), model.probabilities(texts, vectors))


def test_trained_again_it_forgets_what_it_knew():
    texts, vectors, labels = examples(60)
    model = TopicModel.trained(texts, vectors, labels, QUICK)
    model.probabilities(texts, vectors)
    model.fit(texts, vectors, [f"new/{label}" for label in labels])
    assert model.labels == [f"new/{name}" for name in NAMES]
    fresh = TopicModel.trained(texts, vectors, [f"new/{label}" for label in labels], QUICK)
    assert np.array_equal(model.probabilities(texts, vectors), fresh.probabilities(texts, vectors))


def test_untrained_it_says_so():
    with pytest.raises(RuntimeError, match="not trained"):
        _ = TopicModel().labels


def test_few_examples_are_not_calibrated():
    assert TopicModel.trained(*examples(60), QUICK).temperature == 1.0


def test_it_is_as_sure_as_it_is_right():
    wrong = 0.3
    noisy = TopicModel.trained(*examples(900, wrong=wrong), QUICK)
    assert 0.3 < noisy.temperature < 5
    texts, vectors, labels = examples(400, wrong=wrong, seed=6)
    probabilities = noisy.probabilities(texts, vectors)
    right = np.mean(
        [noisy.labels[column] == label for column, label in zip(probabilities.argmax(axis=1), labels, strict=True)]
    )
    assert probabilities.max(axis=1).mean() == pytest.approx(right, abs=0.1)


def test_a_label_whose_examples_are_all_kept_out_does_no_harm():
    texts, vectors, labels = examples(900)
    rare = next(index for index, text in enumerate(texts) if held_out(text))
    labels[rare] = "zz/rare"
    model = TopicModel.trained(texts, vectors, labels, QUICK)
    assert model.labels == [*NAMES, "zz/rare"]


def test_a_tenth_is_kept_out_of_tuning_always_the_same():
    texts = [f"question {number}" for number in range(3000)]
    kept_out = [text for text in texts if held_out(text)]
    assert 0.08 < len(kept_out) / len(texts) < 0.12
    assert kept_out == [text for text in texts if held_out(text)]


@given(text=st.text())
def test_any_text_is_either_kept_out_or_not(text):
    assert held_out(text) in {True, False}
    assert held_out(text) == held_out(text)
