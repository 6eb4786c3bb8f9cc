"""The sentence encoder once more, for processes that must answer within milliseconds: in ONNX Runtime, on one core.

The products of the layers are done in eight-bit numbers (dynamic quantization); vectors differ from those of
``bot.nlu.encoder`` by about a hundredth, so what is learned on one is not to be asked of the other. No TensorFlow.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime

from bot.nlu.encoder import HEADS, LAYERS, WIDTH, Array, SentenceEncoder, batches_by_length, load_tokenizer

_OPSET: Final = 20  # the first with Gelu
_IR_VERSION: Final = 9
_BATCH: Final = 16


class QuickEncoder:
    """Turns text into unit vectors, as SentenceEncoder does, some six times as fast."""

    def __init__(self, model: Path, folder: Path | None = None) -> None:
        """Load a network that ``write_network`` has written, and the tokenizer of ``folder``."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._tokenizer = load_tokenizer(folder)

    def encode(self, texts: Sequence[str]) -> Array:
        """Return one unit vector a text: float32, shape ``(len(texts), 384)``."""
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        result = np.zeros((len(tokens), WIDTH), dtype=np.float32)
        for rows in batches_by_length([len(ids) for ids in tokens], _BATCH):
            longest = max(len(tokens[row]) for row in rows)
            ids = np.zeros((len(rows), longest), dtype=np.int64)
            mask = np.zeros((len(rows), longest), dtype=np.float32)
            for place, row in enumerate(rows):
                ids[place, : len(tokens[row])] = tokens[row]
                mask[place, : len(tokens[row])] = 1.0
            fed = {"ids": ids, "positions": np.arange(longest), "mask": mask}
            (result[rows],) = self._session.run(None, fed)
        return result


def write_network(encoder: SentenceEncoder, file: Path) -> None:
    """Write the encoder's network to an ONNX file, its products in eight-bit numbers; takes some seconds."""
    import onnx  # noqa: PLC0415 - needed for making the file, not for using it
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="encoder-") as folder:
        exact = Path(folder) / "exact.onnx"
        onnx.save(_Graph(encoder).model(), str(exact))
        quantize_dynamic(exact, file, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul"])


class _Graph:
    """Builds the network of BERT with mean pooling, as ``bot.nlu.encoder`` computes it."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        from onnx import helper, numpy_helper  # noqa: PLC0415 - as above

        self._encoder = encoder
        self._helper = helper
        self._numpy_helper = numpy_helper
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}

    def model(self) -> Any:
        hidden = self._embedded()
        inverse = self._do("Sub", self._constant("one", np.float32(1.0)), "mask")
        rows = self._do("Unsqueeze", inverse, self._constant("heads and queries", np.array([1, 2])))
        ignored = self._do("Mul", rows, self._constant("nothing", np.float32(-1e9)))
        for number in range(LAYERS):
            hidden = self._layer(hidden, ignored, f"encoder.layer.{number}")
        vectors = self._pooled(hidden)
        h, float32, int64 = self._helper, 1, 7  # numbers of onnx.TensorProto
        inputs = [
            h.make_tensor_value_info("ids", int64, ["texts", "tokens"]),
            h.make_tensor_value_info("positions", int64, ["tokens"]),
            h.make_tensor_value_info("mask", float32, ["texts", "tokens"]),
        ]
        outputs = [h.make_tensor_value_info(vectors, float32, ["texts", WIDTH])]
        graph = h.make_graph(self._nodes, "encoder", inputs, outputs, list(self._constants.values()))
        return h.make_model(graph, opset_imports=[h.make_opsetid("", _OPSET)], ir_version=_IR_VERSION)

    def _embedded(self) -> str:
        weight = self._encoder.weight
        places = weight("embeddings.position_embeddings.weight") + weight("embeddings.token_type_embeddings.weight")[0]
        words = self._constant("words", weight("embeddings.word_embeddings.weight"))
        word = self._do("Gather", words, "ids")
        place = self._do("Gather", self._constant("places", places), "positions")
        return self._norm(self._do("Add", word, place), "embeddings.LayerNorm")

    def _layer(self, hidden: str, ignored: str, name: str) -> str:
        size = WIDTH // HEADS

        def heads(part: str, order: list[int]) -> str:
            split = self._constant("split", np.array([0, 0, HEADS, size]))
            projected = self._linear(hidden, f"{name}.attention.self.{part}")
            return self._do("Transpose", self._do("Reshape", projected, split), perm=order)

        query, key, value = heads("query", [0, 2, 1, 3]), heads("key", [0, 2, 3, 1]), heads("value", [0, 2, 1, 3])
        scale = self._constant("scale", np.float32(1 / np.sqrt(size)))
        scores = self._do("Add", self._do("Mul", self._do("MatMul", query, key), scale), ignored)
        context = self._do("MatMul", self._do("Softmax", scores, axis=-1), value)
        joined = self._constant("joined", np.array([0, 0, WIDTH]))
        context = self._do("Reshape", self._do("Transpose", context, perm=[0, 2, 1, 3]), joined)
        attended = self._linear(context, f"{name}.attention.output.dense")
        hidden = self._norm(self._do("Add", hidden, attended), f"{name}.attention.output.LayerNorm")
        inner = self._do("Gelu", self._linear(hidden, f"{name}.intermediate.dense"))
        outer = self._linear(inner, f"{name}.output.dense")
        return self._norm(self._do("Add", hidden, outer), f"{name}.output.LayerNorm")

    def _pooled(self, hidden: str) -> str:
        tokens = self._constant("tokens", np.array([1]))
        counted = self._do("Unsqueeze", "mask", self._constant("width", np.array([2])))
        total = self._do("ReduceSum", self._do("Mul", hidden, counted), tokens, keepdims=0)
        mean = self._do("Div", total, self._do("ReduceSum", counted, tokens, keepdims=0))
        return self._do("LpNormalization", mean, axis=-1, p=2)

    def _linear(self, values: str, name: str) -> str:
        weight = self._constant(f"{name}.weight", self._encoder.weight(f"{name}.weight").T)
        bias = self._constant(f"{name}.bias", self._encoder.weight(f"{name}.bias"))
        return self._do("Add", self._do("MatMul", values, weight), bias)

    def _norm(self, values: str, name: str) -> str:
        weight, bias = (
            self._constant(f"{name}.{part}", self._encoder.weight(f"{name}.{part}")) for part in ("weight", "bias")
        )
        return self._do("LayerNormalization", values, weight, bias, axis=-1, epsilon=1e-12)

    def _constant(self, name: str, value: Any) -> str:
        if name not in self._constants:
            self._constants[name] = self._numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def _do(self, operation: str, *inputs: str, **options: Any) -> str:
        output = f"{operation} {len(self._nodes)}"
        self._nodes.append(self._helper.make_node(operation, inputs, [output], **options))
        return output
