"""A small ONNX graph builder: nodes in order of use, constants once each."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

MICROSOFT = 'com.microsoft'
FLOAT, HALF, INT8, INT64, UINT8 = (
    TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.INT8, TensorProto.INT64, TensorProto.UINT8,
)
END = 1 << 40


class Graph:
    def __init__(self):
        self.nodes, self.inputs, self.outputs, self.constants = [], [], [], {}

    def input(self, name, kind, shape):
        self.inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def output(self, value, name, kind, shape):
        self.nodes.append(helper.make_node('Identity', [value], [name], name=f'give {name}'))
        self.outputs.append(helper.make_tensor_value_info(name, kind, shape))

    def constant(self, name, array):
        self.constants.setdefault(name, np.ascontiguousarray(array))
        return name

    def ints(self, *values):
        return self.constant('ints ' + ' '.join(map(str, values)), np.array(values, np.int64))

    def number(self, value, dtype=np.float32):
        return self.constant(f'{np.dtype(dtype).name} {value!r}', np.array(value, dtype))

    def op(self, kind, *inputs, outputs=1, domain='', **attributes):
        name = f'{kind} {len(self.nodes)}'
        names = [name] if outputs == 1 else [f'{name}.{i}' for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, name=name, domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def cast(self, value, kind):
        return self.op('Cast', value, to=kind)

    def save(self, path):
        initializers = [numpy_helper.from_array(array, name) for name, array in self.constants.items()]
        graph = helper.make_graph(self.nodes, 'whisper', self.inputs, self.outputs, initializers)
        opsets = [helper.make_opsetid('', 17), helper.make_opsetid(MICROSOFT, 1)]
        model = helper.make_model(graph, opset_imports=opsets, producer_name='whisper-server')
        model.ir_version = 8
        save_model(model, path)


def save_model(model, path):
    """One file where protobuf allows it (2 GB), else the weights beside it in `<name>.onnx_data`."""
    size = sum(len(tensor.raw_data) for tensor in model.graph.initializer)
    if size < 1_900_000_000:
        onnx.save(model, path)
        return
    onnx.save(model, path, save_as_external_data=True, location=path.split('/')[-1] + '_data')
