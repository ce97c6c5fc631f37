"""Which heads of the cross-attention follow the words."""
from errors import ExportError


def alignment_heads(checkpoint):
    """[layer, head] as generation_config.json lists them; else, as in the reference, all of the decoder's upper half."""
    listed = checkpoint.generation.get('alignment_heads')
    dims = checkpoint.dims
    if listed:
        heads = [(layer, head) for layer, head in listed]
        if not all(0 <= layer < dims.n_text_layer and 0 <= head < dims.n_text_head for layer, head in heads):
            raise ExportError(f'generation_config.json lists alignment heads that it does not have: {listed}')
        return heads
    layers = range(dims.n_text_layer // 2, dims.n_text_layer)
    return [(layer, head) for layer in layers for head in range(dims.n_text_head)]
