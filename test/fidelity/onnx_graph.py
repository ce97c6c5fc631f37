"""A thin builder of ONNX graphs: each call adds a node and gives the name of its output."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL


class Weights:
    """Initializers, each stored once whoever asks for it."""

    def __init__(self) -> None:
        self.by_name: dict[str, onnx.TensorProto] = {}

    def add(self, name: str, values: np.ndarray) -> str:
        self.by_name.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def ints(self, *values: int) -> str:
        return self.add("ints_" + "_".join(map(str, values)), np.array(values, np.int64))

    def scalar(self, value: float) -> str:
        return self.add(f"scalar_{value}", np.array(value, np.float32))


class Graph:
    """Nodes of one graph or of one branch, which reads the weights of the graph around it."""

    def __init__(self, weights: Weights, prefix: str = "") -> None:
        self.weights, self.prefix, self.nodes = weights, prefix, []

    def call(self, operator: str, *inputs: str, outputs: int = 1, **attributes):
        names = [f"{self.prefix}n{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(operator, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def name(self, value: str, output: str) -> str:
        self.nodes.append(helper.make_node("Identity", [value], [output]))
        return output


def save(path, graph: Graph, inputs: list, outputs: list) -> None:
    body = helper.make_graph(graph.nodes, "model", inputs, outputs, list(graph.weights.by_name.values()))
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def tensor(name: str, kind: int, *dims):
    return helper.make_tensor_value_info(name, kind, list(dims))
