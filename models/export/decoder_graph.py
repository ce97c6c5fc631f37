"""
One step of the decoder, for one token a row or for a whole prompt.

  in   input_ids     int64   [rows, tokens]
       position_ids  int64   [rows, tokens]
       attn_bias     float32 [rows, 1, tokens, past + tokens]   0 where a token may look, very negative where not
       past_kv       float32 [past, rows, 2 * layers * width]   what earlier steps gave, one after the other
       logit_rows    int64   [wanted]     which of the rows * tokens places need logits
       cross.L.*     from the encoder; its batch is the number of windows, of which each has the same number of rows,
                     one after the other
  out  logits        float32 [wanted, vocabulary]
       kv_new        float32 [tokens, rows, 2 * layers * width]
       alignment     float32 [windows, alignment heads, rows of a window * tokens, positions]   before the softmax

fp16: past_kv, kv_new, attn_bias and cross.* are float16.
"""
from cross_attention import CrossAttention
from graph import FLOAT, INT64, MICROSOFT, Graph
from layers import Layers
from quantise import by_blocks

"""Of MatMulNBits: activations become int8 too."""
ACCURACY_INT8 = 4


def build_decoder(checkpoint, precision, alignment_heads):
    graph = Graph()
    layers = Layers(graph, checkpoint.weights, precision)
    dims = checkpoint.dims
    packed = 2 * dims.n_text_layer * dims.n_text_state
    ids = graph.input('input_ids', INT64, ['rows', 'tokens'])
    position_ids = graph.input('position_ids', INT64, ['rows', 'tokens'])
    bias = graph.input('attn_bias', layers.kind, ['rows', 1, 'tokens', 'length'])
    past = graph.input('past_kv', layers.kind, ['past', 'rows', packed])
    wanted = graph.input('logit_rows', INT64, ['wanted'])
    cross = CrossAttention(layers, dims, ids, alignment_heads)
    value = embed(layers, ids, position_ids)
    pasts = graph.op('Split', past, graph.ints(*[dims.n_text_state] * (2 * dims.n_text_layer)),
                     outputs=2 * dims.n_text_layer, axis=2)
    fresh = []
    for layer in range(dims.n_text_layer):
        name = f'decoder.blocks.{layer}'
        heard, new = self_attention(layers, dims, layers.norm(value, f'{name}.attn_ln'),
                                    name=name, past=pasts[2 * layer:2 * layer + 2], bias=bias)
        fresh += new
        value = layers.add(value, layers.dense(heard, f'{name}.attn.out'))
        value = layers.add(value, cross.attend(layers.norm(value, f'{name}.cross_attn_ln'), layer))
        value = layers.mlp(value, name)
    give_logits(layers, dims, value, wanted)
    graph.output(graph.op('Concat', *fresh, axis=2), 'kv_new', layers.kind, ['tokens', 'rows', packed])
    cross.give_alignment()
    return graph


def self_attention(layers, dims, value, *, name, past, bias):
    """Keys and values are time-major, so that a caller appends new ones to old ones without moving them."""
    graph = layers.graph
    query, key, content = layers.query_key_value(value, f'{name}.attn', dims.n_text_state)
    new = [graph.op('Transpose', part, perm=[1, 0, 2]) for part in (key, content)]
    keys, contents = [
        graph.op('Transpose', graph.op('Concat', old, part, axis=0), perm=[1, 0, 2]) for old, part in zip(past, new)]
    heard = graph.op('MultiHeadAttention', query, keys, contents, '', '', bias,
                     domain=MICROSOFT, num_heads=dims.n_text_head)
    return heard, new


def embed(layers, ids, position_ids):
    """The table is that of the logits, in whichever form it has there."""
    graph = layers.graph
    if layers.is_int8:
        table, scale = output_table(layers)
        blocks = graph.cast(graph.op('Gather', table, ids, axis=0), FLOAT)
        factors = graph.op('Unsqueeze', graph.op('Gather', scale, ids, axis=0), graph.ints(-1))
        token = graph.op('Mul', graph.op('Sub', blocks, graph.number(128.0)), factors)
        token = graph.op('Reshape', token, graph.ints(0, 0, -1))
    else:
        token = graph.op('Gather', output_table(layers), ids, axis=0)
    positions = layers.constant('decoder.positions', layers.weights['decoder.positional_embedding'])
    return layers.add(token, graph.op('Gather', positions, position_ids, axis=0))


def give_logits(layers, dims, value, wanted):
    graph = layers.graph
    places = graph.op('Reshape', value, graph.ints(-1, dims.n_text_state))
    chosen = layers.norm(graph.op('Gather', places, wanted, axis=0), 'decoder.ln')
    logits = product_with_table(layers, chosen)
    graph.output(logits if layers.kind == FLOAT else graph.cast(logits, FLOAT), 'logits', FLOAT,
                 ['wanted', dims.n_vocab])


def product_with_table(layers, chosen):
    """A product by blocks reads the table twice as fast as DynamicQuantizeMatMul does for the one row of a step."""
    if not layers.is_int8:
        return layers.graph.op('Gemm', chosen, output_table(layers), transB=1)
    vocabulary, width = layers.weights['decoder.token_embedding.weight'].shape
    return layers.graph.op('MatMulNBits', chosen, *output_table(layers), domain=MICROSOFT, K=width, N=vocabulary,
                           bits=8, block_size=block_of(width), accuracy_level=ACCURACY_INT8)


def output_table(layers):
    """int8: `[vocabulary, blocks, size]` around 128 and its scales; else `[vocabulary, width]`."""
    table = layers.weights['decoder.token_embedding.weight']
    if not layers.is_int8:
        return layers.constant('tokens', table)
    quantised, scale = by_blocks(table, block_of(table.shape[1]))
    return layers.graph.constant('tokens.int8', quantised), layers.graph.constant('tokens.scale', scale)


def block_of(width):
    return 128 if width % 128 == 0 else 64
