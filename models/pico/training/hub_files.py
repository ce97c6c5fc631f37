"""The files around the weights in Hugging Face's layout, and the weights as safetensors by Hugging Face's names."""

import json
import pathlib
import re
import struct

import numpy as np

from tokens import SECONDS, SECONDS_PER_TIMESTAMP, SPECIALS, Tokens

# A quarter of what is wrong greedily is right with them, for one and a half to two times the time.
BEAMS = 5
RENAMES = (
    (r"^(encoder|decoder)\.", r"model.\1."),
    (r"\.blocks\.", ".layers."),
    (r"\.cross_attn_ln\.", ".encoder_attn_layer_norm."),
    (r"\.attn_ln\.", ".self_attn_layer_norm."),
    (r"\.mlp_ln\.", ".final_layer_norm."),
    (r"\.cross_attn\.", ".encoder_attn."),
    (r"\.attn\.", ".self_attn."),
    (r"\.query\.", ".q_proj."),
    (r"\.key\.", ".k_proj."),
    (r"\.value\.", ".v_proj."),
    (r"\.out\.", ".out_proj."),
    (r"\.mlp\.0\.", ".fc1."),
    (r"\.mlp\.2\.", ".fc2."),
    (r"\.ln_post\.", ".layer_norm."),
    (r"\.ln\.", ".layer_norm."),
    (r"\.positional_embedding$", ".embed_positions.weight"),
    (r"\.token_embedding\.", ".embed_tokens."),
)


def write_settings(folder: pathlib.Path, dims: dict[str, int], tokens: Tokens) -> None:
    contents = {
        "config.json": config(dims, tokens),
        "generation_config.json": generation_config(dims, tokens),
        "preprocessor_config.json": preprocessor_config(dims),
        "tokenizer.json": tokenizer(tokens),
    }
    for name, content in contents.items():
        (folder / name).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf8")


def write_safetensors(path: pathlib.Path, arrays: dict[str, np.ndarray]) -> None:
    header, at, data = {}, 0, []
    for name, array in arrays.items():
        for pattern, replacement in RENAMES:
            name = re.sub(pattern, replacement, name)
        raw = np.ascontiguousarray(array, np.float32).tobytes()
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [at, at + len(raw)]}
        data.append(raw)
        at += len(raw)
    encoded = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
    encoded += b" " * (-len(encoded) % 8)
    path.write_bytes(struct.pack("<Q", len(encoded)) + encoded + b"".join(data))


def config(dims: dict[str, int], tokens: Tokens) -> dict:
    return {
        "architectures": ["WhisperForConditionalGeneration"],
        "model_type": "whisper",
        "activation_function": "gelu",
        "d_model": dims["n_text_state"],
        "encoder_layers": dims["n_audio_layer"],
        "decoder_layers": dims["n_text_layer"],
        "num_hidden_layers": dims["n_audio_layer"],
        "encoder_attention_heads": dims["n_audio_head"],
        "decoder_attention_heads": dims["n_text_head"],
        "encoder_ffn_dim": 4 * dims["n_audio_state"],
        "decoder_ffn_dim": 4 * dims["n_text_state"],
        "num_mel_bins": dims["n_mels"],
        "vocab_size": dims["n_vocab"],
        "max_source_positions": dims["n_audio_ctx"],
        "max_target_positions": dims["n_text_ctx"],
        "max_length": dims["n_text_ctx"],
        "bos_token_id": tokens.end,
        "eos_token_id": tokens.end,
        "pad_token_id": tokens.end,
        "decoder_start_token_id": tokens.start,
        "is_encoder_decoder": True,
        "scale_embedding": False,
        "use_cache": True,
        "torch_dtype": "float32",
    }


def generation_config(dims: dict[str, int], tokens: Tokens) -> dict:
    last_layer = dims["n_text_layer"] - 1
    return {
        "is_multilingual": True,
        "lang_to_id": {"<|en|>": tokens.english},
        "task_to_id": {"transcribe": tokens.transcribe, "translate": tokens.translate},
        "no_timestamps_token_id": tokens.no_timestamps,
        "prev_sot_token_id": tokens.previous,
        "decoder_start_token_id": tokens.start,
        "bos_token_id": tokens.end,
        "eos_token_id": tokens.end,
        "pad_token_id": tokens.end,
        "max_length": dims["n_text_ctx"],
        "max_initial_timestamp_index": round(1 / SECONDS_PER_TIMESTAMP),
        "return_timestamps": False,
        "condition_on_prev_tokens": False,
        "num_beams": BEAMS,
        "suppress_tokens": [],
        "begin_suppress_tokens": [],
        "alignment_heads": [[last_layer, head] for head in range(dims["n_text_head"])],
    }


def preprocessor_config(dims: dict[str, int]) -> dict:
    return {
        "feature_extractor_type": "WhisperFeatureExtractor",
        "processor_class": "WhisperProcessor",
        "feature_padding": "silence",  # read by our engine alone: what windows are filled up with
        "feature_size": dims["n_mels"],
        "sampling_rate": 16000,
        "hop_length": 160,
        "n_fft": 400,
        "chunk_length": SECONDS,
        "n_samples": SECONDS * 16000,
        "nb_max_frames": 2 * dims["n_audio_ctx"],
        "padding_side": "right",
        "padding_value": 0.0,
        "return_attention_mask": False,
    }


def tokenizer(tokens: Tokens) -> dict:
    stamps = [f"<|{i * SECONDS_PER_TIMESTAMP:.2f}|>" for i in range(tokens.size - tokens.first_timestamp)]
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    added = [
        {"id": tokens.n_text + i, "content": content, "single_word": False, "lstrip": False, "rstrip": False}
        | {"normalized": False, "special": i < len(SPECIALS)}
        for i, content in enumerate([*SPECIALS, *stamps])
    ]
    model = {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "", "end_of_word_suffix": ""}
    merges = [f"{left} {right}" for left, right in tokens.merges]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": None,
        "pre_tokenizer": byte_level,
        "post_processor": None,
        "decoder": byte_level,
        "model": {**model, "fuse_unk": False, "byte_fallback": False, "vocab": tokens.vocabulary, "merges": merges},
    }
