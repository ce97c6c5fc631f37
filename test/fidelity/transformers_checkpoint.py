"""A checkpoint of openai/whisper as transformers saves it: config.json, generation_config.json, model.safetensors."""
from pathlib import Path

import torch
from transformers import GenerationConfig, WhisperConfig, WhisperFeatureExtractor, WhisperForConditionalGeneration
from whisper.tokenizer import Tokenizer

RENAMES = [
    (".blocks.", ".layers."), (".cross_attn_ln.", ".encoder_attn_layer_norm."), (".attn_ln.", ".self_attn_layer_norm."),
    (".mlp_ln.", ".final_layer_norm."), (".cross_attn.", ".encoder_attn."), (".attn.", ".self_attn."),
    (".query.", ".q_proj."), (".key.", ".k_proj."), (".value.", ".v_proj."), (".out.", ".out_proj."),
    (".mlp.0.", ".fc1."), (".mlp.2.", ".fc2."), ("encoder.ln_post.", "encoder.layer_norm."),
    ("decoder.ln.", "decoder.layer_norm."), (".positional_embedding", ".embed_positions.weight"),
    (".token_embedding.", ".embed_tokens."),
]  # fmt: skip


def save_checkpoint(checkpoint: dict, tokenizer: Tokenizer, folder: Path) -> None:
    """In half precision. `tokenizer` tells the ids; its own file is for the caller to write."""
    model = WhisperForConditionalGeneration(config_of(checkpoint["dims"], tokenizer))
    model.model.load_state_dict({renamed(name): values for name, values in checkpoint["model_state_dict"].items()})
    model.tie_weights()
    model.generation_config = generation_of(checkpoint["dims"], tokenizer)
    model.half().save_pretrained(folder)
    seconds = checkpoint["dims"]["n_audio_ctx"] // 50
    WhisperFeatureExtractor(feature_size=checkpoint["dims"]["n_mels"], chunk_length=seconds).save_pretrained(folder)


def renamed(name: str) -> str:
    for ours, theirs in RENAMES:
        name = name.replace(ours, theirs)
    return name


def config_of(dims: dict, tokenizer: Tokenizer) -> WhisperConfig:
    end = tokenizer.eot
    return WhisperConfig(
        num_mel_bins=dims["n_mels"], vocab_size=dims["n_vocab"], d_model=dims["n_text_state"],
        encoder_layers=dims["n_audio_layer"], decoder_layers=dims["n_text_layer"],
        encoder_attention_heads=dims["n_audio_head"], decoder_attention_heads=dims["n_text_head"],
        encoder_ffn_dim=4 * dims["n_audio_state"], decoder_ffn_dim=4 * dims["n_text_state"],
        max_source_positions=dims["n_audio_ctx"], max_target_positions=dims["n_text_ctx"],
        decoder_start_token_id=tokenizer.sot, bos_token_id=end, eos_token_id=end, pad_token_id=end, dtype=torch.float32,
    )  # fmt: skip


def generation_of(dims: dict, tokenizer: Tokenizer) -> GenerationConfig:
    """What the published files say of suppressed tokens and of the first timestamp is what openai/whisper does by default."""
    special, end = tokenizer.special_tokens, tokenizer.eot
    told = (tokenizer.transcribe, tokenizer.translate, tokenizer.sot, tokenizer.sot_prev, tokenizer.sot_lm, tokenizer.no_speech)
    return GenerationConfig(
        is_multilingual=True, lang_to_id={f"<|{code}|>": special[f"<|{code}|>"] for code in tokenizer.all_language_codes},
        task_to_id={task: special[f"<|{task}|>"] for task in ("transcribe", "translate")},
        no_timestamps_token_id=tokenizer.no_timestamps, prev_sot_token_id=tokenizer.sot_prev, max_initial_timestamp_index=50,
        decoder_start_token_id=tokenizer.sot, bos_token_id=end, eos_token_id=end, pad_token_id=end,
        suppress_tokens=sorted({*tokenizer.non_speech_tokens, *told}), max_length=dims["n_text_ctx"],
        begin_suppress_tokens=[*tokenizer.encoding.encode(" "), end], return_timestamps=False,
    )  # fmt: skip
