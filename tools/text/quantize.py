"""An ONNX transformer with its matrices in int8: weights by output column (in 7 bits), activations by row.

The usual dynamic quantisation takes one scale for a whole activation tensor, so that a text's scores depend on the
texts it is batched with. Here each row (one word piece) has its own scale, ``max |x| / 127``, as in Yao et al.
(ZeroQuant, NeurIPS 2022, section 4.1, token-wise quantisation): more exact, and a row depends on itself alone.
Products of integers are exact, whatever the shape of the batch. And whatever the processor: those without VNNI add two
products in 16 bits and saturate (``vpmaddubsw``), so weights stay within ±63: 2 · 255 · 63 < 2¹⁵. Per column, the bit
that this gives up is not seen in the results (docs/predict-text.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

_SMALLEST = 1e-10
_MICROSOFT = "com.microsoft"
"""ONNX Runtime's own operators: here a product of integers times a scale a column, in one pass."""
_LEAST = 64
"""Smaller matrices stay as they are."""
_WEIGHT_MOST = 63


def quantize(source: Path, target: Path) -> None:
    """Write the model at ``source`` to ``target`` with its weights in int8."""
    model = onnx.load(str(source))
    _Rewriter(model).rewrite()
    onnx.checker.check_model(model)
    onnx.save(model, str(target))


@dataclass(slots=True)
class _Rewriter:
    model: onnx.ModelProto
    nodes: list[NodeProto] = field(default_factory=list)
    rows: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Activation → its integers and their scales, made once for all matrices it meets."""
    matrices: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    def rewrite(self) -> None:
        graph = self.model.graph
        self.matrices = {
            one.name: numpy_helper.to_array(one)
            for one in graph.initializer
            if one.data_type == TensorProto.FLOAT and len(one.dims) == 2
        }
        self._constants()
        for node in graph.node:
            if node.op_type == "MatMul" and self._is_matrix(node.input[1]):
                self._matmul(node.input[0], node.input[1], node.output[0], transposed=False)
            elif node.op_type == "Gemm" and self._is_matrix(node.input[1]) and _is_plain(node):
                self._gemm(node)
            elif node.op_type == "Gather" and self._is_matrix(node.input[0]):
                self._gather(node)
            else:
                self.nodes.append(node)
        del graph.node[:]
        graph.node.extend(self.nodes)
        self.model.opset_import.append(helper.make_opsetid(_MICROSOFT, 1))
        self._drop_unused()

    def _is_matrix(self, name: str) -> bool:
        matrix = self.matrices.get(name)
        return matrix is not None and matrix.size >= _LEAST

    def _matmul(self, left: str, right: str, out: str, *, transposed: bool) -> None:
        matrix = self.matrices[right].T if transposed else self.matrices[right]
        scales = np.maximum(np.abs(matrix).max(axis=0), _SMALLEST).astype(np.float32) / _WEIGHT_MOST
        name = f"{out}_int8"
        self._initializer(f"{name}_weight", np.rint(matrix / scales).astype(np.int8))
        self._initializer(f"{name}_scale", scales)
        integers, of_rows = self._integers(left)
        inputs = [integers, f"{name}_weight", "int8_one", f"{name}_scale", "int8_zero"]
        self._add("MatMulIntegerToFloat", inputs, f"{name}_product", domain=_MICROSOFT)
        self._add("Mul", [f"{name}_product", of_rows], out)

    def _gemm(self, node: NodeProto) -> None:
        transposed = any(one.name == "transB" and one.i for one in node.attribute)
        product = f"{node.output[0]}_product"
        self._matmul(node.input[0], node.input[1], product, transposed=transposed)
        bias = [node.input[2]] if len(node.input) > 2 else ["int8_nothing"]
        self._add("Add", [product, *bias], node.output[0])

    def _gather(self, node: NodeProto) -> None:
        """A table of vectors in int8, with a scale a row."""
        name = f"{node.output[0]}_int8"
        table = self.matrices[node.input[0]]
        scales = np.maximum(np.abs(table).max(axis=1, keepdims=True), _SMALLEST).astype(np.float32) / 127
        self._initializer(f"{name}_table", np.rint(table / scales).astype(np.int8))
        self._initializer(f"{name}_scale", scales)
        for part in ("table", "scale"):
            self._add("Gather", [f"{name}_{part}", node.input[1]], f"{name}_{part}_row", axis=0)
        self._add("Cast", [f"{name}_table_row"], f"{name}_float", to=TensorProto.FLOAT)
        self._add("Mul", [f"{name}_float", f"{name}_scale_row"], node.output[0])

    def _integers(self, name: str) -> tuple[str, str]:
        """``name`` as unsigned bytes around 128, and the scale of each row."""
        if name not in self.rows:
            own = f"{name}_rows"
            self._add("Abs", [name], f"{own}_abs")
            self._add("ReduceMax", [f"{own}_abs"], f"{own}_most", axes=[-1], keepdims=1)
            self._add("Max", [f"{own}_most", "int8_smallest"], f"{own}_bound")
            self._add("Mul", [f"{own}_bound", "int8_share"], f"{own}_scale")
            self._add(
                "Div", ["int8_most", f"{own}_bound"], f"{own}_inverse"
            )  # one a row; to multiply is quicker
            self._add("Mul", [name, f"{own}_inverse"], f"{own}_scaled")
            self._add("Add", [f"{own}_scaled", "int8_middle"], f"{own}_moved")  # cutting then rounds
            self._add("Cast", [f"{own}_moved"], f"{own}_bytes", to=TensorProto.UINT8)
            self.rows[name] = f"{own}_bytes", f"{own}_scale"
        return self.rows[name]

    def _constants(self) -> None:
        self._initializer("int8_zero", np.array(128, dtype=np.uint8))
        self._initializer("int8_one", np.array(1, dtype=np.float32))
        self._initializer("int8_smallest", np.array(_SMALLEST, dtype=np.float32))
        self._initializer("int8_share", np.array(1 / 127, dtype=np.float32))
        self._initializer("int8_most", np.array(127, dtype=np.float32))
        self._initializer("int8_middle", np.array(128.5, dtype=np.float32))
        self._initializer("int8_nothing", np.array(0, dtype=np.float32))

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


def _is_plain(node: NodeProto) -> bool:
    """Whether a Gemm is a product and a bias, no more."""
    for one in node.attribute:
        if one.name in ("alpha", "beta") and one.f != 1.0:
            return False
        if one.name == "transA" and one.i:
            return False
    return True
