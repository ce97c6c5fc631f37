"""A thin builder of ONNX graphs. Weights live in the outermost graph, once, in float32 or as int8 with a scale per row."""

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

OPSET = 17


class Weights:
    """`int8` keeps matrices in a quarter of the space; a DequantizeLinear gives them back, so that the sums stay float32."""

    def __init__(self, arrays: dict[str, np.ndarray], int8: bool):
        self._arrays, self._int8 = arrays, int8
        self._made: dict[str, str] = {}
        self.initializers: list[TensorProto] = []
        self.nodes: list = []

    def __getitem__(self, name: str) -> str:
        """The tensor of that name; of a matrix, transposed if the name ends with `.T`."""
        if name not in self._made:
            self._made[name] = self._transposed(name) if name.endswith(".T") else self._make(name)
        return self._made[name]

    def constant(self, values: np.ndarray) -> str:
        name = f"constant_{values.dtype}_{'x'.join(map(str, values.shape))}_{values.tobytes().hex()}"
        if name not in self._made:
            self._made[name] = self._store(name, values)
        return name

    def _make(self, name: str) -> str:
        array = self._arrays[name]
        if not self._int8 or array.ndim < 2 or "positional" in name:
            return self._store(name, array)
        scale = np.maximum(np.abs(array).reshape(len(array), -1).max(1), 1e-8) / 127
        quantised = np.rint(array / scale.reshape(-1, *[1] * (array.ndim - 1))).astype(np.int8)
        inputs = [self._store(f"{name}.int8", quantised), self._store(f"{name}.scale", scale.astype(np.float32))]
        self.nodes.append(helper.make_node("DequantizeLinear", inputs, [name], axis=0))
        return name

    def _transposed(self, name: str) -> str:
        self.nodes.append(helper.make_node("Transpose", [self[name[:-2]]], [name], perm=[1, 0]))
        return name

    def _store(self, name: str, array: np.ndarray) -> str:
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name


class Graph:
    """Nodes of one graph or branch; `prefix` keeps the names of branches apart."""

    def __init__(self, weights: Weights, prefix: str = ""):
        self.weights, self._prefix = weights, prefix
        self.nodes: list = []

    def op(self, kind: str, *inputs: str, **attributes) -> str:
        return self.ops(kind, *inputs, outputs=1, **attributes)[0]

    def ops(self, kind: str, *inputs: str, outputs: int, **attributes) -> list[str]:
        names = [f"{self._prefix}{kind}_{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, name=names[0], **attributes))
        return names

    def ints(self, *values: int) -> str:
        return self.weights.constant(np.array(values, np.int64))

    def number(self, value: float) -> str:
        return self.weights.constant(np.array(value, np.float32))

    def linear(self, x: str, name: str) -> str:
        product = self.op("MatMul", x, self.weights[f"{name}.weight.T"])
        has_bias = f"{name}.bias" in self.weights._arrays
        return self.op("Add", product, self.weights[f"{name}.bias"]) if has_bias else product

    def norm(self, x: str, name: str) -> str:
        parts = (self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])
        return self.op("LayerNormalization", x, *parts, axis=-1, epsilon=1e-5)

    def gelu(self, x: str) -> str:
        erf = self.op("Erf", self.op("Div", x, self.number(2**0.5)))
        return self.op("Mul", self.op("Mul", x, self.op("Add", erf, self.number(1))), self.number(0.5))


def make_model(graph: Graph, name: str, inputs: list, outputs: list) -> ModelProto:
    weights = graph.weights
    whole = helper.make_graph([*weights.nodes, *graph.nodes], name, inputs, outputs, weights.initializers)
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="pico")
    model.ir_version = 8
    return model
