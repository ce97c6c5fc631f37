"""
The encoder: log-mel to the keys and values that every layer of the decoder's cross-attention needs.

  in   mel              float32 [batch, mels, frames]   any even number of frames up to the window's
  out  cross.L.key      int8    [batch, heads, 64, positions]   + cross.L.key.scale   float32 [batch, heads, 1, positions]
       cross.L.value    int8    [batch, heads, positions, 64]   + cross.L.value.scale float32 [batch, heads, 1, 64]

fp32 and fp16 give keys and values as they are, without scales.
"""
from graph import END, FLOAT, INT8, MICROSOFT, Graph
from layers import Layers


def build_encoder(checkpoint, precision):
    graph = Graph()
    layers = Layers(graph, checkpoint.weights, precision)
    dims = checkpoint.dims
    mel = graph.input('mel', FLOAT, ['batch', dims.n_mels, 'frames'])
    hidden = encode(layers, dims, mel if layers.kind == FLOAT else graph.cast(mel, layers.kind))
    for layer in range(dims.n_text_layer):
        give_keys(layers, dims, hidden, layer)
        give_values(layers, dims, hidden, layer)
    return graph


def encode(layers, dims, mel):
    graph = layers.graph
    value = stem(layers, mel)
    length = graph.op('Slice', graph.op('Shape', value), graph.ints(1), graph.ints(2))
    positions = layers.constant('encoder.positions', layers.weights['encoder.positional_embedding'])
    value = layers.add(value, graph.op('Slice', positions, graph.ints(0), length, graph.ints(0)))
    for layer in range(dims.n_audio_layer):
        name = f'encoder.blocks.{layer}'
        query, key, content = layers.query_key_value(
            layers.norm(value, f'{name}.attn_ln'), f'{name}.attn', dims.n_audio_state)
        heard = graph.op('MultiHeadAttention', query, key, content, domain=MICROSOFT, num_heads=dims.n_audio_head)
        value = layers.add(value, layers.dense(heard, f'{name}.attn.out'))
        value = layers.mlp(value, name)
    return layers.norm(value, 'encoder.ln_post')


def stem(layers, mel):
    """Two convolutions of width 3, the second with stride 2, as products of shifted slices, which int8 can do."""
    graph, value = layers.graph, layers.graph.op('Transpose', mel, perm=[0, 2, 1])
    for name, stride in (('encoder.conv1', 1), ('encoder.conv2', 2)):
        padded = graph.op('Pad', value, graph.ints(0, 1, 0, 0, 1, 0))
        shifted = [
            graph.op('Slice', padded, graph.ints(first), graph.ints(last), graph.ints(1), graph.ints(stride))
            for first, last in ((0, -2), (1, -1), (2, END))
        ]
        kernel = layers.weights[f'{name}.weight'].transpose(0, 2, 1)
        flat = kernel.reshape(kernel.shape[0], -1)
        value = layers.gelu(
            layers.linear(graph.op('Concat', *shifted, axis=2), name, flat, layers.weights[f'{name}.bias']))
    return value


def split_heads(layers, dims, hidden, name, order):
    graph = layers.graph
    shaped = graph.op('Reshape', layers.dense(hidden, name), graph.ints(0, 0, dims.n_text_head, 64))
    return graph.op('Transpose', shaped, perm=order)


def give_keys(layers, dims, hidden, layer):
    keys = split_heads(layers, dims, hidden, f'decoder.blocks.{layer}.cross_attn.key', [0, 2, 3, 1])
    give(layers, keys, f'cross.{layer}.key', ['batch', dims.n_text_head, 64, 'positions'])


def give_values(layers, dims, hidden, layer):
    values = split_heads(layers, dims, hidden, f'decoder.blocks.{layer}.cross_attn.value', [0, 2, 1, 3])
    give(layers, values, f'cross.{layer}.value', ['batch', dims.n_text_head, 'positions', 64])


def give(layers, value, name, shape):
    """Scales run along the last axis: one for each position of the keys, one for each column of the values."""
    graph = layers.graph
    if not layers.is_int8:
        graph.output(value, name, layers.kind, shape)
        return
    largest = graph.op('ReduceMax', graph.op('Abs', value), axes=[2], keepdims=1)
    scale = graph.op('Mul', graph.op('Max', largest, graph.number(1e-8)), graph.number(1 / 127))
    quantised = graph.cast(graph.op('Round', graph.op('Div', value, scale)), INT8)
    graph.output(quantised, name, INT8, shape)
    graph.output(scale, f'{name}.scale', FLOAT, [*shape[:2], 1, shape[3]])
