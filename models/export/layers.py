"""What encoder and decoder are made of, in one of three precisions."""
import numpy as np

from graph import FLOAT, HALF, INT8, MICROSOFT, UINT8
from quantise import per_output_channel


class Layers:
    """Builds layers of one checkpoint into one graph."""

    def __init__(self, graph, weights, precision):
        self.graph, self.weights, self.precision = graph, weights, precision
        self.is_int8 = precision == 'int8'
        """The type of activations, and of weights that are not quantised."""
        self.dtype = np.float16 if precision == 'fp16' else np.float32
        self.kind = HALF if precision == 'fp16' else FLOAT

    def constant(self, name, array):
        return self.graph.constant(name, array.astype(self.dtype))

    def linear(self, value, name, weight, bias=None):
        """`value @ weight.T + bias`; int8: weights per output channel, activations per tensor as they come."""
        graph = self.graph
        if self.is_int8:
            quantised, scale = per_output_channel(weight)
            names = [graph.constant(f'{name}.int8', quantised.T), graph.constant(f'{name}.scale', scale)]
            bias_name = '' if bias is None else graph.constant(f'{name}.bias', bias.astype(np.float32))
            return graph.op('DynamicQuantizeMatMul', value, *names, '', bias_name, domain=MICROSOFT)
        product = graph.op('MatMul', value, self.constant(f'{name}.weight', weight.T))
        return product if bias is None else graph.op('Add', product, self.constant(f'{name}.bias', bias))

    def dense(self, value, name):
        """The layer of that name in the checkpoint; keys have no bias."""
        return self.linear(value, name, self.weights[f'{name}.weight'], self.weights.get(f'{name}.bias'))

    def query_key_value(self, value, name, width):
        """The three projections of self-attention as one product."""
        parts = [self.weights[f'{name}.{part}.weight'] for part in ('query', 'key', 'value')]
        biases = [self.weights[f'{name}.query.bias'], np.zeros(width, np.float32), self.weights[f'{name}.value.bias']]
        packed = self.linear(value, f'{name}.qkv', np.concatenate(parts), np.concatenate(biases))
        return self.graph.op('Split', packed, self.graph.ints(width, width, width), outputs=3, axis=2)

    def norm(self, value, name):
        gain, bias = [self.constant(f'{name}.{part}', self.weights[f'{name}.{part}']) for part in ('weight', 'bias')]
        return self.graph.op('LayerNormalization', value, gain, bias, axis=-1, epsilon=1e-5)

    def gelu(self, value):
        return self.graph.op('Gelu', value, domain=MICROSOFT)

    def add(self, left, right):
        return self.graph.op('Add', left, right)

    def mlp(self, value, name):
        hidden = self.gelu(self.dense(self.norm(value, f'{name}.mlp_ln'), f'{name}.mlp.0'))
        return self.add(value, self.dense(hidden, f'{name}.mlp.2'))
