"""Every parameter of openai/whisper's model.py and its shape."""


def expected_shapes(dims):
    audio, text = dims.n_audio_state, dims.n_text_state
    return {
        **with_bias('encoder.conv1', (audio, dims.n_mels, 3)), **with_bias('encoder.conv2', (audio, audio, 3)),
        'encoder.positional_embedding': (dims.n_audio_ctx, audio),
        **blocks('encoder', dims.n_audio_layer, audio, ['attn']), **norm('encoder.ln_post', audio),
        'decoder.token_embedding.weight': (dims.n_vocab, text), 'decoder.positional_embedding': (dims.n_text_ctx, text),
        **blocks('decoder', dims.n_text_layer, text, ['attn', 'cross_attn']), **norm('decoder.ln', text),
    }


def blocks(part, layers, width, attentions):
    shapes = {}
    for name in (f'{part}.blocks.{layer}' for layer in range(layers)):
        for kind in attentions:
            shapes |= attention(f'{name}.{kind}', width) | norm(f'{name}.{kind}_ln', width)
        shapes |= with_bias(f'{name}.mlp.0', (4 * width, width)) | with_bias(f'{name}.mlp.2', (width, 4 * width))
        shapes |= norm(f'{name}.mlp_ln', width)
    return shapes


def attention(name, width):
    """Keys have no bias."""
    square = (width, width)
    return {f'{name}.key.weight': square} | {
        key: shape for part in ('query', 'value', 'out') for key, shape in with_bias(f'{name}.{part}', square).items()}


def norm(name, width):
    return with_bias(name, (width,))


def with_bias(name, shape):
    return {f'{name}.weight': shape, f'{name}.bias': shape[:1]}
