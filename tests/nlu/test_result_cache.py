"""Costly results of training are made once, and again only if something else is asked for."""

import json

import numpy as np
import pytest

from bot.nlu import encoder as module
from bot.nlu.result_cache import made_once
from bot.nlu.vector_cache import encode_with_cache, keep


@pytest.fixture
def cached(tmp_path):
    """A function that makes a result for inputs, and the list of what it really made."""
    made = []

    def ask(inputs, name="model", **other):
        def make():
            made.append(inputs)
            return {"of": inputs}

        steps = {
            "make": make,
            "save": lambda result, file: file.write_text(json.dumps(result)),
            "load": lambda file: json.loads(file.read_text()),
        }
        return made_once(tmp_path / "cache", name, inputs, **{**steps, **other})

    ask.made = made
    ask.folder = tmp_path / "cache"
    return ask


def test_the_same_inputs_are_made_once(cached):
    assert cached([1, "a"]) == cached([1, "a"]) == {"of": [1, "a"]}
    assert cached.made == [[1, "a"]]


def test_other_inputs_are_made_anew_and_only_the_latest_are_kept(cached):
    for inputs in ("a", "b", "b", "a"):
        assert cached(inputs) == {"of": inputs}
    assert cached.made == ["a", "b", "a"]
    assert len(list(cached.folder.iterdir())) == 1


def test_names_do_not_disturb_each_other(cached):
    for name in ("layers", "topics", "layers", "topics"):
        cached("a", name=name)
    assert cached.made == ["a", "a"]


def test_inputs_that_differ_in_their_order_or_script_are_others(cached):
    for inputs in (["a", "b"], ["b", "a"], ["ab"], ["ä"], {"a": "b"}):
        cached(inputs)
    assert len(cached.made) == 5


def test_a_damaged_file_is_made_anew(cached):
    cached("a")
    (file,) = cached.folder.iterdir()
    file.write_text("{damaged")
    assert cached("a") == {"of": "a"}
    assert cached("a") == {"of": "a"}
    assert cached.made == ["a", "a"]


def fails(*_):
    raise OSError("disk full")


def test_what_could_not_be_saved_does_not_harm_what_was(cached):
    cached("a")
    with pytest.raises(OSError, match="disk full"):
        cached("b", save=fails)
    assert cached("a") == {"of": "a"}
    assert cached.made == ["a", "b"]


def test_what_could_not_be_made_leaves_nothing(cached):
    with pytest.raises(OSError, match="disk full"):
        cached("a", make=fails)
    assert not cached.folder.exists()


class Counting:
    def __init__(self):
        self.asked = []

    def encode(self, texts):
        self.asked.extend(texts)
        return np.array([np.full(module.WIDTH, len(text), dtype=np.float32) for text in texts])


def vectors_of(*numbers):
    return np.array([np.full(module.WIDTH, number, dtype=np.float32) for number in numbers])


def test_kept_vectors_are_not_encoded_again(tmp_path):
    encoder, file = Counting(), tmp_path / "cache/vectors.npz"
    keep(["a", "bb", "a"], vectors_of(7, 8, 7), file, "1")
    assert encode_with_cache(encoder, ["bb", "ccc", "a"], file, "1")[:, 0].tolist() == [8, 3, 7]
    assert encoder.asked == ["ccc"]


def test_kept_vectors_are_those_of_one_encoder(tmp_path):
    encoder, file = Counting(), tmp_path / "vectors.npz"
    keep(["a"], vectors_of(7), file, "1")
    assert encode_with_cache(encoder, ["a"], file, "2")[0, 0] == 1
    assert encoder.asked == ["a"]


def test_kept_vectors_replace_the_former(tmp_path):
    encoder, file = Counting(), tmp_path / "vectors.npz"
    keep(["a", "bb"], vectors_of(7, 8), file, "1")
    keep(["a"], vectors_of(9), file, "1")
    assert encode_with_cache(encoder, ["a", "bb"], file, "1")[:, 0].tolist() == [9, 2]


def test_each_text_needs_a_vector(tmp_path):
    with pytest.raises(ValueError, match="zip"):
        keep(["a", "bb"], vectors_of(7), tmp_path / "vectors.npz", "1")
