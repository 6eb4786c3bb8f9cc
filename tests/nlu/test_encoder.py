"""The sentence encoder gives the vectors of all-MiniLM-L6-v2, and nothing else passes for it."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from bot.errors import ConfigurationError
from bot.nlu import encoder as module
from bot.nlu.encoder import SentenceEncoder, shared_encoder
from bot.nlu.vector_cache import encode_with_cache


def test_vectors_have_unit_length_and_do_not_depend_on_their_batch():
    texts = [
        "How long does RFA last?",
        "hi",
        "a much longer message about the pain in my leg that came back after surgery " * 3,
    ]
    together = shared_encoder().encode(texts)
    assert together.shape == (3, module.WIDTH)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    alone = np.vstack([shared_encoder().encode([text]) for text in texts])
    assert np.allclose(together, alone, atol=1e-5)


def test_the_vector_is_that_of_the_original_model():
    # Sentence Transformers publishes these similarities for its example sentences on the model's page (0.6660, 0.1046).
    vectors = shared_encoder().encode(
        ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]
    )
    similarities = vectors @ vectors.T
    assert similarities[0, 1] == pytest.approx(0.6660, abs=1e-3)
    assert similarities[0, 2] == pytest.approx(0.1046, abs=1e-3)


def test_no_texts_give_no_vectors():
    assert shared_encoder().encode([]).shape == (0, module.WIDTH)


def test_changed_weights_are_refused(tmp_path, monkeypatch):
    packaged = module._packaged_folder()
    shutil.copytree(packaged, tmp_path / "model", ignore=shutil.ignore_patterns("*.safetensors"))
    (tmp_path / "model/model.safetensors").write_bytes(b"something else")
    monkeypatch.setattr(module, "_packaged_folder", lambda: tmp_path / "model")
    with pytest.raises(ConfigurationError, match="SHA-256 differs"):
        SentenceEncoder()


def test_a_folder_without_weights_is_named():
    with pytest.raises(ConfigurationError, match=r"/nowhere/model\.safetensors.*ENCODER_PATH"):
        SentenceEncoder(Path("/nowhere"))


class Counting:
    def __init__(self):
        self.asked = []

    def encode(self, texts):
        self.asked.extend(texts)
        return np.array([np.full(module.WIDTH, len(text), dtype=np.float32) for text in texts])


def test_only_new_texts_are_encoded(tmp_path):
    encoder, file = Counting(), tmp_path / "cache/vectors.npz"
    encode_with_cache(encoder, ["a", "bb", "a"], file, "1")
    vectors = encode_with_cache(encoder, ["bb", "ccc"], file, "1")
    assert encoder.asked == ["a", "bb", "ccc"]
    assert vectors[:, 0].tolist() == [2, 3]


def test_another_encoder_does_not_take_old_vectors(tmp_path):
    encoder, file = Counting(), tmp_path / "vectors.npz"
    encode_with_cache(encoder, ["a"], file, "1")
    encode_with_cache(encoder, ["a"], file, "2")
    assert encoder.asked == ["a", "a"]


def test_a_damaged_cache_is_made_anew(tmp_path):
    file = tmp_path / "vectors.npz"
    file.write_bytes(b"PK damaged")
    assert encode_with_cache(Counting(), ["bb"], file, "1")[0, 0] == 2
