"""
The decoder's look at the audio. Rows of one window share its keys and values: they are folded into one long row of
queries, which changes nothing, since no query hides anything from another here.
"""
import math

import numpy as np

from graph import END, FLOAT, INT8, UINT8

LOG_255 = math.log(255) - 1e-6


class CrossAttention:
    def __init__(self, layers, dims, ids, alignment_heads):
        self.layers, self.dims, self.graph = layers, dims, layers.graph
        self.alignment_heads = alignment_heads
        self.scores = {}
        self.inputs = [self.declare(layer) for layer in range(dims.n_text_layer)]
        graph, width = self.graph, dims.n_text_state
        windows = graph.op('Slice', graph.op('Shape', self.inputs[0]['key']), graph.ints(0), graph.ints(1))
        """[windows, rows of a window * tokens, heads, 64], and back."""
        self.folded = graph.op('Concat', windows, graph.ints(-1, dims.n_text_head, 64), axis=0)
        self.unfolded = graph.op('Concat', graph.op('Shape', ids), graph.ints(width), axis=0)

    def declare(self, layer):
        kind = INT8 if self.layers.is_int8 else self.layers.kind
        heads = self.dims.n_text_head
        shapes = {'key': ['windows', heads, 64, 'positions'], 'value': ['windows', heads, 'positions', 64]}
        inputs = {part: self.graph.input(f'cross.{layer}.{part}', kind, shape) for part, shape in shapes.items()}
        if self.layers.is_int8:
            for part, shape in shapes.items():
                scale_shape = [*shape[:2], 1, shape[3]]
                inputs[f'{part}.scale'] = self.graph.input(f'cross.{layer}.{part}.scale', FLOAT, scale_shape)
        return inputs

    def attend(self, value, layer):
        graph, name = self.graph, f'decoder.blocks.{layer}.cross_attn'
        query = graph.op('Reshape', self.layers.dense(value, f'{name}.query'), self.folded)
        query = graph.op('Transpose', query, perm=[0, 2, 1, 3])
        heard = (self.attend_int8 if self.layers.is_int8 else self.attend_float)(query, layer)
        heard = graph.op('Reshape', graph.op('Transpose', heard, perm=[0, 2, 1, 3]), self.unfolded)
        return self.layers.dense(heard, f'{name}.out')

    def attend_float(self, query, layer):
        graph, inputs = self.graph, self.inputs[layer]
        scaled = graph.op('Mul', query, graph.number(0.125, self.layers.dtype))
        self.scores[layer] = graph.op('MatMul', scaled, inputs['key'])
        return graph.op('MatMul', graph.op('Softmax', self.scores[layer], axis=-1), inputs['value'])

    def attend_int8(self, query, layer):
        graph, inputs = self.graph, self.inputs[layer]
        zero = graph.number(0, np.int8)
        quantised, scale, offset = graph.op('DynamicQuantizeLinear', query, outputs=3)
        product = graph.cast(graph.op('MatMulInteger', quantised, inputs['key'], offset, zero), FLOAT)
        # One factor after the other: their product would let ONNX Runtime fuse this into a kernel five times slower.
        scores = graph.op('Mul', product, inputs['key.scale'])
        scores = self.scores[layer] = graph.op('Mul', scores, graph.op('Mul', scale, graph.number(0.125)))
        largest = graph.op('ReduceMax', scores, axes=[3], keepdims=1)
        shifted = graph.op('Sub', scores, graph.op('Sub', largest, graph.number(LOG_255)))
        weights = graph.op('Exp', shifted)
        share = graph.op('Div', inputs['value.scale'], graph.op('ReduceSum', weights, graph.ints(3), keepdims=1))
        return graph.op('Mul', self.weigh(weights, inputs['value']), share)

    def weigh(self, weights, values):
        """
        weights (0..255) @ values, each weight as two digits: with one, a head that looks at one place and a head that
        looks everywhere could not share a scale.
        """
        graph = self.graph
        rest = graph.op('Sub', weights, graph.op('Floor', weights))
        digits = graph.op('Concat', weights, graph.op('Mul', rest, graph.number(255.0)), axis=2)
        digits = graph.cast(digits, UINT8)  # which cuts fractions off
        product = graph.op('MatMulInteger', digits, values, graph.number(0, np.uint8), graph.number(0, np.int8))
        product = graph.cast(product, FLOAT)
        count = graph.op('Slice', graph.op('Shape', weights), graph.ints(2), graph.ints(3))
        first = graph.op('Slice', product, graph.ints(0), count, graph.ints(2))
        second = graph.op('Slice', product, count, graph.ints(END), graph.ints(2))
        return graph.op('Add', first, graph.op('Mul', second, graph.number(1 / 255)))

    def give_alignment(self):
        """The scores of the alignment heads, by layer and head."""
        graph, heads = self.graph, {}
        for layer, head in sorted(self.alignment_heads):
            heads.setdefault(layer, []).append(head)
        picked = [graph.op('Gather', self.scores[layer], graph.ints(*chosen), axis=1) for layer, chosen in heads.items()]
        scores = graph.op('Concat', *picked, axis=1)
        scores = scores if self.layers.kind == FLOAT else graph.cast(scores, FLOAT)
        shape = ['windows', len(self.alignment_heads), 'queries', 'positions']
        graph.output(scores, 'alignment', FLOAT, shape)
