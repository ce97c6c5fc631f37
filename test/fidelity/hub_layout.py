"""Writes a checkpoint of openai/whisper as float32 graphs in the Hugging Face layout: encoder and merged decoder."""
import numpy as np
from onnx import helper

from onnx_graph import BOOL, FLOAT, INT64, Graph, Weights, save, tensor


class Layers:
    """The layers of openai/whisper's model.py on one graph."""

    def __init__(self, checkpoint: dict, graph: Graph) -> None:
        self.state = {name: values.numpy() for name, values in checkpoint["model_state_dict"].items()}
        self.graph = graph

    def weight(self, name: str) -> str:
        return self.graph.weights.add(name, self.state[name])

    def linear(self, x: str, name: str) -> str:
        transposed = self.graph.weights.add(f"{name}.transposed", self.state[f"{name}.weight"].T)
        product = self.graph.call("MatMul", x, transposed)
        return self.graph.call("Add", product, self.weight(f"{name}.bias")) if f"{name}.bias" in self.state else product

    def norm(self, x: str, name: str) -> str:
        scale, shift = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.graph.call("LayerNormalization", x, scale, shift, axis=-1, epsilon=1e-5)

    def gelu(self, x: str) -> str:
        call, scalar = self.graph.call, self.graph.weights.scalar
        half = call("Mul", x, scalar(0.5))
        return call("Mul", half, call("Add", call("Erf", call("Div", x, scalar(2**0.5))), scalar(1.0)))

    def conv(self, x: str, name: str, stride: int) -> str:
        weights = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.gelu(self.graph.call("Conv", x, *weights, kernel_shape=[3], pads=[1, 1], strides=[stride]))

    def heads(self, x: str, count: int) -> str:
        """[B, T, D] to [B, heads, T, D / heads]."""
        split = self.graph.call("Reshape", x, self.graph.weights.ints(0, 0, count, -1))
        return self.graph.call("Transpose", split, perm=[0, 2, 1, 3])

    def attend(self, query: str, key: str, value: str, mask: str | None = None) -> str:
        """All [B, heads, T, size], to [B, T, D]."""
        return self.attend_openly(query, key, value, mask)[0]

    def attend_openly(self, query: str, key: str, value: str, mask: str | None = None) -> tuple[str, str]:
        """With the attention itself, [B, heads, T, positions]."""
        call = self.graph.call
        scores = call("MatMul", query, call("Transpose", key, perm=[0, 1, 3, 2]))
        attention = call("Softmax", call("Add", scores, mask) if mask else scores, axis=-1)
        joined = call("Transpose", call("MatMul", attention, value), perm=[0, 2, 1, 3])
        return call("Reshape", joined, self.graph.weights.ints(0, 0, -1)), attention

    def query(self, x: str, name: str, heads: int) -> str:
        size = self.state[f"{name}.query.weight"].shape[0] // heads
        scaled = self.graph.call("Mul", self.linear(x, f"{name}.query"), self.graph.weights.scalar(size**-0.5))
        return self.heads(scaled, heads)

    def key_value(self, x: str, name: str, heads: int) -> tuple[str, str]:
        return tuple(self.heads(self.linear(x, f"{name}.{part}"), heads) for part in ("key", "value"))

    def mlp(self, x: str, name: str) -> str:
        hidden = self.gelu(self.linear(self.norm(x, f"{name}.mlp_ln"), f"{name}.mlp.0"))
        return self.graph.call("Add", x, self.linear(hidden, f"{name}.mlp.2"))


def write_encoder(checkpoint: dict, path) -> None:
    dims, graph = checkpoint["dims"], Graph(Weights())
    layers, heads = Layers(checkpoint, graph), dims["n_audio_head"]
    x = layers.conv(layers.conv("input_features", "encoder.conv1", 1), "encoder.conv2", 2)
    x = graph.call("Add", graph.call("Transpose", x, perm=[0, 2, 1]), layers.weight("encoder.positional_embedding"))
    for i in range(dims["n_audio_layer"]):
        name = f"encoder.blocks.{i}"
        normed = layers.norm(x, f"{name}.attn_ln")
        key, value = layers.key_value(normed, f"{name}.attn", heads)
        seen = layers.attend(layers.query(normed, f"{name}.attn", heads), key, value)
        x = layers.mlp(graph.call("Add", x, layers.linear(seen, f"{name}.attn.out")), name)
    graph.name(layers.norm(x, "encoder.ln_post"), "last_hidden_state")
    frames = 2 * dims["n_audio_ctx"]
    outputs = [tensor("last_hidden_state", FLOAT, "batch", dims["n_audio_ctx"], dims["n_audio_state"])]
    save(path, graph, [tensor("input_features", FLOAT, "batch", dims["n_mels"], frames)], outputs)


def write_decoder(checkpoint: dict, path) -> None:
    """Merged as Optimum does it: one branch for the prompt, one for what comes after it; with attentions for word times."""
    dims, weights = checkpoint["dims"], Weights()
    branches = {has_past: decoder_branch(checkpoint, weights, has_past) for has_past in (True, False)}
    names = output_names(dims)
    graph = Graph(weights)
    graph.nodes.append(
        helper.make_node("If", ["use_cache_branch"], names, then_branch=branches[True], else_branch=branches[False])
    )
    size = dims["n_text_state"] // dims["n_text_head"]
    cache = ("batch", dims["n_text_head"], "length", size)
    inputs = [
        tensor("input_ids", INT64, "batch", "tokens"),
        tensor("encoder_hidden_states", FLOAT, "batch", "positions", dims["n_audio_state"]),
        *[tensor(name, FLOAT, *cache) for name in cache_names("past_key_values", dims)],
        tensor("use_cache_branch", BOOL, 1),
    ]
    outputs = [
        tensor("logits", FLOAT, "batch", "tokens", dims["n_vocab"]),
        *[tensor(name, FLOAT, *cache) for name in cache_names("present", dims)],
        *[tensor(name, FLOAT, "batch", dims["n_text_head"], "tokens", "positions") for name in attention_names(dims)],
    ]
    save(path, graph, inputs, outputs)


def output_names(dims: dict) -> list[str]:
    return ["logits", *cache_names("present", dims), *attention_names(dims)]


def attention_names(dims: dict) -> list[str]:
    return [f"cross_attentions.{i}" for i in range(dims["n_text_layer"])]


def cache_names(prefix: str, dims: dict) -> list[str]:
    parts = [f"{side}.{part}" for side in ("decoder", "encoder") for part in ("key", "value")]
    return [f"{prefix}.{i}.{part}" for i in range(dims["n_text_layer"]) for part in parts]


def decoder_branch(checkpoint: dict, weights: Weights, has_past: bool):
    dims, prefix = checkpoint["dims"], "later_" if has_past else "first_"
    graph = Graph(weights, prefix)
    layers, heads = Layers(checkpoint, graph), dims["n_text_head"]
    present, attentions = [], []
    x, mask = embed(layers, has_past)
    for i in range(dims["n_text_layer"]):
        name, past = f"decoder.blocks.{i}", f"past_key_values.{i}"
        normed = layers.norm(x, f"{name}.attn_ln")
        own = layers.key_value(normed, f"{name}.attn", heads)
        if has_past:
            own = [graph.call("Concat", f"{past}.decoder.{part}", new, axis=2) for part, new in zip(("key", "value"), own)]
        seen = layers.attend(layers.query(normed, f"{name}.attn", heads), *own, mask)
        x = graph.call("Add", x, layers.linear(seen, f"{name}.attn.out"))
        normed = layers.norm(x, f"{name}.cross_attn_ln")
        cross = (
            [f"{past}.encoder.{part}" for part in ("key", "value")]
            if has_past
            else layers.key_value("encoder_hidden_states", f"{name}.cross_attn", heads)
        )
        seen, attention = layers.attend_openly(layers.query(normed, f"{name}.cross_attn", heads), *cross)
        x = layers.mlp(graph.call("Add", x, layers.linear(seen, f"{name}.cross_attn.out")), name)
        attentions.append(attention)
        present += [*own, *([dummy(layers, dims)] * 2 if has_past else cross)]
    output = graph.weights.add("output.weight", layers.state["decoder.token_embedding.weight"].T)
    logits = graph.call("MatMul", layers.norm(x, "decoder.ln"), output)
    outputs = [f"{prefix}{name}" for name in output_names(dims)]
    for value, name in zip([logits, *present, *attentions], outputs):
        graph.name(value, name)
    free = [helper.make_tensor_value_info(name, FLOAT, None) for name in outputs]
    return helper.make_graph(graph.nodes, f"{prefix}branch", [], free)


def embed(layers: Layers, has_past: bool) -> tuple[str, str]:
    """Tokens and their positions, and the mask of what comes later, [T, past + T]."""
    graph, weights = layers.graph, layers.graph.weights
    call, zero, one = graph.call, weights.ints(0), weights.ints(1)
    count = call("Slice", call("Shape", "input_ids"), one, weights.ints(2))
    past = call("Slice", call("Shape", "past_key_values.0.decoder.key"), weights.ints(2), weights.ints(3)) if has_past else zero
    end = call("Add", past, count)
    positions = call("Slice", layers.weight("decoder.positional_embedding"), past, end, zero)
    embedding = call("Transpose", weights.add("output.weight", layers.state["decoder.token_embedding.weight"].T), perm=[1, 0])
    x = call("Add", call("Gather", embedding, "input_ids", axis=0), positions)
    length = layers.state["decoder.positional_embedding"].shape[0]
    future = weights.add("future", np.triu(np.full((length, length), -np.inf, np.float32), 1))
    rows = call("Slice", future, past, end, zero)
    return x, call("Slice", rows, zero, end, one)


def dummy(layers: Layers, dims: dict) -> str:
    size = dims["n_text_state"] // dims["n_text_head"]
    return layers.graph.weights.add("nothing", np.zeros((0, dims["n_text_head"], 1, size), np.float32))
