"""An ONNX transformer with its matrices in int8: weights by output column (in 7 bits), activations by a fixed range.

The usual dynamic quantisation takes one scale for a whole activation tensor, so that a text's scores depend on the
texts it is batched with, and to find that scale costs a fifth of the model's time. Here ranges are fitted once, to
texts of the training part (``tools.text.ranges``): a word piece depends on itself alone. What makes a fixed range exact
is SmoothQuant (Xiao et al., ICML 2023, section 4): after a layer normalisation, where few channels are far larger than
the others, each is divided by sⱼ, and the matrix's rows multiplied by it, with sⱼ = max|xⱼ|^α / max|wⱼ|^(1−α). And a
range may cut outliers where that loses less.

Products of integers are exact, whatever the shape of the batch. And whatever the processor: those without VNNI add two
products in 16 bits and saturate (``vpmaddubsw``), so weights stay within ±63: 2 · 255 · 63 < 2¹⁵. Per column, the bit
that this gives up is not seen in the results (docs/predict.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from chatbot.predict.nlp.pieces import Pieces
from tools.text.ranges import Seen, best_range, watch

_SMALLEST = 1e-10
_MICROSOFT = "com.microsoft"
"""ONNX Runtime's own operators: here a product of integers times a scale a column and a bias, in one pass."""
_LEAST = 64
"""Smaller matrices stay as they are."""
_WEIGHT_MOST = 63
_SMOOTHING = 0.7
"""α: how much of the difficulty moves into the weights. Of 0, 0.5, 0.7, 0.8, 0.9, 1 the closest to float."""
_CHANNEL_LEAST = 1e-5
Matrix = NDArray[np.float32]


def quantize(source: Path, target: Path, samples: Sequence[Pieces]) -> None:
    """Write the model at ``source`` to ``target`` with its weights in int8, ranges fitted to ``samples``."""
    model = onnx.load(str(source))
    _Rewriter(model, samples).rewrite()
    onnx.checker.check_model(model)
    onnx.save(model, str(target))


@dataclass(frozen=True, slots=True)
class _Product:
    """``left`` · ``matrix`` (inputs, outputs) + ``bias``, as nodes of the float model have it."""

    left: str
    matrix: Matrix
    bias: str
    output: str


@dataclass(slots=True)
class _Rewriter:
    model: onnx.ModelProto
    samples: Sequence[Pieces]
    nodes: list[NodeProto] = field(default_factory=list)
    made: dict[str, tuple[str, Matrix]] = field(default_factory=dict)
    """Activation → the name of its bytes and what its channels were divided by, once for all matrices it meets."""
    numbers: dict[str, Matrix] = field(default_factory=dict)
    normalised: set[str] = field(default_factory=set)

    def rewrite(self) -> None:
        graph = self.model.graph
        self.numbers = {
            one.name: numpy_helper.to_array(one)
            for one in graph.initializer
            if one.data_type == TensorProto.FLOAT
        }
        self.normalised = {node.output[0] for node in graph.node if node.op_type == "LayerNormalization"}
        products, absorbed = self._products()
        matrices: dict[str, list[Matrix]] = {}
        for one in products.values():
            matrices.setdefault(one.left, []).append(one.matrix)
        seen = watch(self.model, list(matrices), self.samples)
        for place, node in enumerate(graph.node):
            if place in absorbed:
                continue
            if place in products:
                self._product(products[place], seen[products[place].left], matrices[products[place].left])
            elif node.op_type == "Gather" and self._is_matrix(node.input[0]):
                self._gather(node)
            else:
                self.nodes.append(node)
        del graph.node[:]
        graph.node.extend(self.nodes)
        self.model.opset_import.append(helper.make_opsetid(_MICROSOFT, 1))
        self._drop_unused()

    def _products(self) -> tuple[dict[int, _Product], set[int]]:
        """The products with a matrix by their node's place, and the places of the additions that became their bias."""
        readers: dict[str, list[int]] = {}
        for place, node in enumerate(self.model.graph.node):
            for name in node.input:
                readers.setdefault(name, []).append(place)
        found, absorbed = dict[int, _Product](), set[int]()
        for place, node in enumerate(self.model.graph.node):
            if node.op_type == "MatMul" and self._is_matrix(node.input[1]):
                next_one = readers.get(node.output[0], [])
                bias, output = self._bias(node.output[0], next_one)
                if bias:
                    absorbed.add(next_one[0])
                found[place] = _Product(node.input[0], self.numbers[node.input[1]], bias, output)
            elif node.op_type == "Gemm" and self._is_matrix(node.input[1]) and _is_plain(node):
                transposed = any(one.name == "transB" and one.i for one in node.attribute)
                matrix = self.numbers[node.input[1]]
                bias = node.input[2] if len(node.input) > 2 else ""
                found[place] = _Product(
                    node.input[0], matrix.T if transposed else matrix, bias, node.output[0]
                )
        return found, absorbed

    def _bias(self, product: str, readers: Sequence[int]) -> tuple[str, str]:
        """The bias that is added to ``product`` and nothing else is done with, or none; and the name of the result."""
        if len(readers) == 1 and (node := self.model.graph.node[readers[0]]).op_type == "Add":
            other = next((name for name in node.input if name != product), "")
            if other in self.numbers and self.numbers[other].ndim == 1:
                return other, node.output[0]
        return "", product

    def _is_matrix(self, name: str) -> bool:
        matrix = self.numbers.get(name)
        return matrix is not None and matrix.ndim == 2 and matrix.size >= _LEAST

    def _product(self, one: _Product, seen: Seen, matrices: Sequence[Matrix]) -> None:
        integers, divisors = self._integers(one.left, seen, matrices)
        matrix = one.matrix * divisors[:, None]
        scales = np.maximum(np.abs(matrix).max(axis=0), _SMALLEST).astype(np.float32) / _WEIGHT_MOST
        name = f"{one.output}_int8"
        self._initializer(f"{name}_weight", np.rint(matrix / scales).astype(np.int8))
        self._initializer(f"{name}_scale", scales)
        inputs = [integers, f"{name}_weight", f"{integers}_step", f"{name}_scale", f"{integers}_middle"]
        inputs += ["", one.bias] if one.bias else []
        self._add("MatMulIntegerToFloat", inputs, one.output, domain=_MICROSOFT)

    def _integers(self, name: str, seen: Seen, matrices: Sequence[Matrix]) -> tuple[str, Matrix]:
        """``name`` as bytes, and what each channel was divided by before."""
        if name not in self.made:
            of_weights = np.max([np.abs(one).max(axis=1) for one in matrices], axis=0)
            uneven = name in self.normalised
            divisors = smoothing(seen.most, of_weights) if uneven else np.ones_like(seen.most)
            fitted, integers = best_range(seen.rows / divisors), f"{name}_bytes"
            self._initializer(f"{integers}_step", np.array(fitted.step, dtype=np.float32))
            self._initializer(f"{integers}_middle", np.array(fitted.middle, dtype=np.uint8))
            if uneven:
                self._initializer(f"{integers}_inverse", (1 / divisors).astype(np.float32))
                self._add("Mul", [name, f"{integers}_inverse"], f"{integers}_even")
            rounded = f"{integers}_even" if uneven else name
            self._add("QuantizeLinear", [rounded, f"{integers}_step", f"{integers}_middle"], integers)
            self.made[name] = integers, divisors
        return self.made[name]

    def _gather(self, node: NodeProto) -> None:
        """A table of vectors in 16-bit floats: in int8 it would lose more than all the matrices together."""
        name = f"{node.output[0]}_half"
        self._initializer(f"{name}_table", self.numbers[node.input[0]].astype(np.float16))
        self._add("Gather", [f"{name}_table", node.input[1]], name, axis=0)
        self._add("Cast", [name], node.output[0], to=TensorProto.FLOAT)

    def _initializer(self, name: str, value: NDArray[np.generic]) -> None:
        self.model.graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(value), name))

    def _add(self, kind: str, inputs: Iterable[str], output: str, **attributes: object) -> None:
        self.nodes.append(helper.make_node(kind, list(inputs), [output], name=output, **attributes))

    def _drop_unused(self) -> None:
        graph = self.model.graph
        used = {name for node in graph.node for name in node.input}
        kept = [one for one in graph.initializer if one.name in used]
        del graph.initializer[:]
        graph.initializer.extend(kept)


def smoothing(of_activations: Matrix, of_weights: Matrix) -> Matrix:
    """What each channel is divided by, from the largest magnitudes of both sides; 1 in the geometric mean."""
    logs = _SMOOTHING * np.log(np.maximum(of_activations, _CHANNEL_LEAST))
    logs -= (1 - _SMOOTHING) * np.log(np.maximum(of_weights, _CHANNEL_LEAST))
    return np.asarray(np.exp(logs - logs.mean()), dtype=np.float32)


def _is_plain(node: NodeProto) -> bool:
    """Whether a Gemm is a product and a bias, no more."""
    for one in node.attribute:
        if one.name in ("alpha", "beta") and one.f != 1.0:
            return False
        if one.name == "transA" and one.i:
            return False
    return True
