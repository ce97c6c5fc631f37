"""Encoder and merged decoder in the Hugging Face (Optimum) ONNX layout, from weights by openai/whisper's names."""

import numpy as np
from onnx import ModelProto, TensorProto, helper

from onnx_graph import Graph, Weights, make_model

FLOAT, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL
HIDDEN_FROM_VIEW = -1e9


def encoder_model(arrays: dict[str, np.ndarray], dims: dict[str, int], int8: bool) -> ModelProto:
    g = Graph(Weights(arrays, int8))
    x = "input_features"
    for name, stride in (("encoder.conv1", 1), ("encoder.conv2", 2)):
        kernel = (g.weights[f"{name}.weight"], g.weights[f"{name}.bias"])
        x = g.gelu(g.op("Conv", x, *kernel, kernel_shape=[3], pads=[1, 1], strides=[stride]))
    x = g.op("Add", g.op("Transpose", x, perm=[0, 2, 1]), g.weights["encoder.positional_embedding"])
    for layer in range(dims["n_audio_layer"]):
        name = f"encoder.blocks.{layer}"
        normed = g.norm(x, f"{name}.attn_ln")
        key, value = keys_and_values(g, normed, f"{name}.attn", dims["n_audio_head"])
        weighted, _ = attend(g, normed, key, value, f"{name}.attn", dims["n_audio_head"])
        x = g.op("Add", x, weighted)
        x = mlp(g, x, name)
    g.nodes.append(helper.make_node("Identity", [g.norm(x, "encoder.ln_post")], ["last_hidden_state"]))
    features = helper.make_tensor_value_info("input_features", FLOAT, ["batch", dims["n_mels"], 2 * dims["n_audio_ctx"]])
    hidden = helper.make_tensor_value_info("last_hidden_state", FLOAT, ["batch", dims["n_audio_ctx"], dims["n_audio_state"]])
    return make_model(g, "encoder", [features], [hidden])


def decoder_model(arrays: dict[str, np.ndarray], dims: dict[str, int], int8: bool) -> ModelProto:
    """`use_cache_branch` chooses between the first call, which reads the hidden states, and the later ones.

    Like the hub's `_timestamped` exports it also gives the attention of each layer to the audio, for times of words.
    """
    outer = Graph(Weights(arrays, int8))
    names = [
        f"{layer}.{part}.{kind}"
        for layer in range(dims["n_text_layer"])
        for part in ("decoder", "encoder")
        for kind in ("key", "value")
    ]
    attention = [f"cross_attentions.{layer}" for layer in range(dims["n_text_layer"])]
    outputs = ["logits", *(f"present.{name}" for name in names), *attention]
    later, first = (decoder_branch(outer.weights, dims, past, outputs) for past in (True, False))
    outer.nodes.append(helper.make_node("If", ["use_cache_branch"], outputs, then_branch=later, else_branch=first))
    return make_model(outer, "decoder_merged", decoder_inputs(dims, names), decoder_outputs(dims, names))


def decoder_branch(weights: Weights, dims: dict[str, int], past: bool, outputs: list[str]):
    g = Graph(weights, "later." if past else "first.")
    heads = dims["n_text_head"]
    x, hidden_from_view = embed(g, past)
    present, attention = [], []
    for layer in range(dims["n_text_layer"]):
        name, held = f"decoder.blocks.{layer}", f"past_key_values.{layer}"
        normed = g.norm(x, f"{name}.attn_ln")
        key, value = keys_and_values(g, normed, f"{name}.attn", heads)
        if past:
            key = g.op("Concat", f"{held}.decoder.key", key, axis=2)
            value = g.op("Concat", f"{held}.decoder.value", value, axis=2)
            audio = [g.op("Identity", f"{held}.encoder.{kind}") for kind in ("key", "value")]
        else:
            audio = keys_and_values(g, "encoder_hidden_states", f"{name}.cross_attn", heads)
        x = g.op("Add", x, attend(g, normed, key, value, f"{name}.attn", heads, hidden_from_view)[0])
        weighted, probabilities = attend(g, g.norm(x, f"{name}.cross_attn_ln"), *audio, f"{name}.cross_attn", heads)
        x = mlp(g, g.op("Add", x, weighted), name)
        present += [key, value, *audio]
        attention.append(probabilities)
    logits = g.op("MatMul", g.norm(x, "decoder.ln"), weights["decoder.token_embedding.weight.T"])
    results = [g.op("Identity", name) for name in (logits, *present, *attention)]
    described = [helper.make_tensor_value_info(name, FLOAT, None) for name in results]
    assert len(results) == len(outputs)
    return helper.make_graph(g.nodes, "later" if past else "first", [], described)


def embed(g: Graph, past: bool) -> tuple[str, str]:
    """Tokens with their positions, and what to add to scores so that no token sees a later one."""
    zero, one = g.ints(0), g.ints(1)
    count = g.op("Slice", g.op("Shape", "input_ids"), one, g.ints(2))
    before = g.op("Slice", g.op("Shape", "past_key_values.0.decoder.key"), g.ints(2), g.ints(3)) if past else zero
    length = g.op("Add", before, count)
    scalars = [g.op("Squeeze", value) for value in (before, length, zero)]
    places = g.op("Range", scalars[0], scalars[1], g.op("Squeeze", one))
    positions = g.op("Gather", g.weights["decoder.positional_embedding"], places, axis=0)
    tokens = g.op("Gather", g.weights["decoder.token_embedding.weight"], "input_ids", axis=0)
    all_places = g.op("Range", scalars[2], scalars[1], g.op("Squeeze", one))
    later = g.op("Greater", g.op("Unsqueeze", all_places, zero), g.op("Unsqueeze", places, one))
    masked = g.op("Mul", g.op("Cast", later, to=FLOAT), g.number(HIDDEN_FROM_VIEW))
    return g.op("Add", tokens, positions), masked


def keys_and_values(g: Graph, x: str, name: str, heads: int) -> tuple[str, str]:
    key, value = (split_heads(g, g.linear(x, f"{name}.{part}"), heads) for part in ("key", "value"))
    return key, value


def attend(
    g: Graph, x: str, key: str, value: str, name: str, heads: int, mask: str | None = None
) -> tuple[str, str]:
    """What is attended to, [batch, n, width], and how much, [batch, heads, n, positions]."""
    query = split_heads(g, g.linear(x, f"{name}.query"), heads)
    scaled = g.op("Mul", query, g.number(64**-0.5))
    scores = g.op("MatMul", scaled, g.op("Transpose", key, perm=[0, 1, 3, 2]))
    if mask is not None:
        scores = g.op("Add", scores, mask)
    probabilities = g.op("Softmax", scores, axis=-1)
    mixed = g.op("Transpose", g.op("MatMul", probabilities, value), perm=[0, 2, 1, 3])
    return g.linear(g.op("Reshape", mixed, g.ints(0, 0, heads * 64)), f"{name}.out"), probabilities


def split_heads(g: Graph, x: str, heads: int) -> str:
    """[batch, n, width] to [batch, heads, n, 64]."""
    return g.op("Transpose", g.op("Reshape", x, g.ints(0, 0, heads, 64)), perm=[0, 2, 1, 3])


def mlp(g: Graph, x: str, name: str) -> str:
    hidden = g.gelu(g.linear(g.norm(x, f"{name}.mlp_ln"), f"{name}.mlp.0"))
    return g.op("Add", x, g.linear(hidden, f"{name}.mlp.2"))


def decoder_inputs(dims: dict[str, int], names: list[str]) -> list:
    lengths = {"decoder": "past", "encoder": "past_positions"}
    make = helper.make_tensor_value_info
    return [
        make("input_ids", INT64, ["batch", "tokens"]),
        make("encoder_hidden_states", FLOAT, ["batch", dims["n_audio_ctx"], dims["n_text_state"]]),
        *(
            make(f"past_key_values.{name}", FLOAT, ["batch", dims["n_text_head"], lengths[name.split(".")[1]], 64])
            for name in names
        ),
        make("use_cache_branch", BOOL, [1]),
    ]


def decoder_outputs(dims: dict[str, int], names: list[str]) -> list:
    lengths = {"decoder": "length", "encoder": "positions"}
    make = helper.make_tensor_value_info
    return [
        make("logits", FLOAT, ["batch", "tokens", dims["n_vocab"]]),
        *(
            make(f"present.{name}", FLOAT, ["batch", dims["n_text_head"], lengths[name.split(".")[1]], 64])
            for name in names
        ),
        *(
            make(f"cross_attentions.{layer}", FLOAT, ["batch", dims["n_text_head"], "tokens", "positions"])
            for layer in range(dims["n_text_layer"])
        ),
    ]
