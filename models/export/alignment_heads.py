"""Which heads of the cross-attention follow the words."""


def alignment_heads(checkpoint):
    """[layer, head] as generation_config.json lists them; else, as in the reference, all of the decoder's upper half."""
    listed = checkpoint.generation.get('alignment_heads')
    if listed:
        return [tuple(pair) for pair in listed]
    dims = checkpoint.dims
    layers = range(dims.n_text_layer // 2, dims.n_text_layer)
    return [(layer, head) for layer in layers for head in range(dims.n_text_head)]
