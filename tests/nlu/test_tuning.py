"""Tuning moves the upper layers, the encoder works with them, and the rest of it is shared."""

import numpy as np
import pytest

from bot.nlu.encoder import LAYERS, WIDTH, batches_by_length, padded, shared_encoder
from bot.nlu.tuning import Tuning, _Network, tune

TEXTS = {
    "faq/rfa": ["how long does RFA last", "is radiofrequency ablation safe", "what is RFA", "does burning nerves help"],
    "faq/scs": ["what is a stimulator", "does SCS work", "tell me about the spinal cord stimulator trial", "scs"],
    "smalltalk/greet": ["hi", "good morning", "hello there", "hey how are you today my friend"],
}
ALL = [text for texts in TEXTS.values() for text in texts]
LABELS = [label for label, texts in TEXTS.items() for _ in texts]
QUICK = Tuning(first_layer=5, epochs=1, batch=4)


def test_states_and_finish_make_what_encode_makes():
    whole = shared_encoder().encode(ALL)
    for layers in (0, 2, LAYERS):
        states = shared_encoder().states(ALL, layers)
        assert [state.shape[1] for state in states] == [WIDTH] * len(ALL)
        assert np.allclose(shared_encoder().finish(states, layers), whole, atol=1e-5)


def test_states_have_one_row_a_token_and_do_not_depend_on_their_batch():
    together = shared_encoder().states(ALL, 2)
    for text, state in zip(ALL, together, strict=True):
        (alone,) = shared_encoder().states([text], 2)
        assert state.shape == alone.shape
        assert np.allclose(state, alone, atol=1e-5)


def test_no_texts_have_no_states():
    assert shared_encoder().states([], 2) == []
    assert shared_encoder().finish([], 2).shape == (0, WIDTH)


def test_more_texts_than_a_batch_keep_their_order():
    texts = [" ".join(["pain"] * (1 + number % 7)) for number in range(70)]
    assert sorted(row for rows in batches_by_length([len(text) for text in texts], 32) for row in rows) == list(
        range(70)
    )
    states = shared_encoder().states(texts, 4)
    assert np.allclose(shared_encoder().finish(states, 4), shared_encoder().encode(texts), atol=1e-5)


def test_padding_fills_up_and_tells_where_tokens_are():
    hidden, mask = padded([np.ones((2, WIDTH), dtype=np.float32), np.ones((3, WIDTH), dtype=np.float32)])
    assert hidden.shape == (2, 3, WIDTH)
    assert mask.tolist() == [[1, 1, 0], [1, 1, 1]]
    assert not hidden[0, 2].any()


def test_weights_are_those_of_the_layers_asked_for():
    names = set(shared_encoder().weights_from(4))
    assert {name.split(".")[2] for name in names} == {"4", "5"}
    assert len(names) == 2 * 16
    assert shared_encoder().weights_from(LAYERS) == {}


def test_other_weights_make_another_encoder_that_shares_the_rest():
    name = "encoder.layer.5.output.LayerNorm.bias"
    before = shared_encoder().encode(["back pain"])
    other = shared_encoder().with_weights({name: shared_encoder()._weights[name] + np.float32(0.5)})
    assert not np.allclose(other.encode(["back pain"]), before, atol=1e-3)
    assert np.array_equal(shared_encoder().encode(["back pain"]), before)
    assert all(other._weights[key] is weight for key, weight in shared_encoder()._weights.items() if key != name)


def test_weights_that_are_not_the_encoders_are_refused():
    with pytest.raises(ValueError, match=r"pooler\.no_such_weight of shape"):
        shared_encoder().with_weights({"pooler.no_such_weight": np.zeros(WIDTH, dtype=np.float32)})
    with pytest.raises(ValueError, match=r"bias of shape \(7,\) is not a weight"):
        shared_encoder().with_weights({"encoder.layer.5.output.dense.bias": np.zeros(7, dtype=np.float32)})


@pytest.fixture(scope="module")
def states():
    return shared_encoder().states(ALL, QUICK.first_layer)


@pytest.fixture(scope="module")
def tuned(states):
    return tune(shared_encoder(), states, LABELS, QUICK)


def test_tuning_changes_every_weight_of_its_layers(tuned):
    before = shared_encoder().weights_from(QUICK.first_layer)
    assert tuned.keys() == before.keys()
    for name, weight in tuned.items():
        assert weight.dtype == np.float32
        assert weight.shape == before[name].shape
        assert np.isfinite(weight).all()
        assert not np.array_equal(weight, before[name]), name
        assert np.abs(weight - before[name]).max() < 0.01, name


def test_the_tuned_encoder_gives_unit_vectors_of_its_own(tuned, states):
    encoder = shared_encoder().with_weights(tuned)
    vectors = encoder.encode(ALL)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert not np.allclose(vectors, shared_encoder().encode(ALL), atol=1e-3)
    assert np.allclose(encoder.finish(states, QUICK.first_layer), vectors, atol=1e-5)


def test_the_same_seed_gives_the_same_weights(tuned, states):
    again = tune(shared_encoder(), states, LABELS, QUICK)
    assert all(np.allclose(again[name], weight, atol=1e-7) for name, weight in tuned.items())


def test_another_seed_gives_other_weights(tuned, states):
    other = tune(shared_encoder(), states, LABELS, Tuning(first_layer=5, epochs=1, batch=4, seed=8))
    assert any(not np.allclose(other[name], weight, atol=1e-5) for name, weight in tuned.items())


def test_training_computes_the_vectors_that_answering_does(states):
    import tensorflow as tf

    options = Tuning(first_layer=QUICK.first_layer, dropout=0.0)
    network = _Network(tf, shared_encoder().weights_from(options.first_layer), 3, options)
    vectors = network._vectors(*padded(states)).numpy()
    assert np.allclose(vectors, shared_encoder().encode(ALL), atol=1e-5)


def apart(vectors, labels):
    """How much more like each other two vectors of one label are than two of different labels."""
    alike = np.array([[first == second for second in labels] for first in labels])
    similar = vectors @ vectors.T
    return similar[alike & ~np.eye(len(labels), dtype=bool)].mean() - similar[~alike].mean()


def test_examples_of_one_label_are_drawn_together(states):
    labels = ["even" if number % 2 == 0 else "odd" for number in range(len(ALL))]  # the texts do not tell them apart
    # Without smoothing, which among so few labels sets a low limit to how far apart they may be.
    options = Tuning(first_layer=5, epochs=20, batch=6, learning_rate=1e-3, smoothing=0.0)
    before = apart(shared_encoder().encode(ALL), labels)
    encoder = shared_encoder().with_weights(tune(shared_encoder(), states, labels, options))
    assert apart(encoder.encode(ALL), labels) > before + 0.1
