"""Makes test/fidelity/small: a model of random weights and what openai/whisper says of it in each scenario.

    python test/fidelity/make_fixture.py

Needs openai-whisper, torch, onnx and numpy; their versions are written into golden.json.
"""
import json
import wave
from pathlib import Path

import numpy as np
import torch
from whisper.model import ModelDimensions

from hub_layout import write_decoder, write_encoder
from random_model import random_checkpoint
from reference import TOOL, Reference, language_probabilities, transcribe
from small_vocabulary import LANGUAGE_COUNT, SECONDS, encoding_of, small_tokenizer

HERE = Path(__file__).parent
SAMPLES = HERE.parents[1] / "samples"
SEED = 2
FEW, LARGE = 40, 1000


def main() -> None:
    torch.set_num_threads(1)  # the small model is too small to share
    tokenizer = small_tokenizer()
    ids = {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    checkpoint = random_checkpoint(dimensions(len(tokenizer["model"]["vocab"]) + len(ids)), ids, SEED)
    folder = HERE / "small"
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    write_encoder(checkpoint, folder / "onnx" / "encoder_model.onnx")
    write_decoder(checkpoint, folder / "onnx" / "decoder_model_merged.onnx")
    for name, content in {**settings(checkpoint["dims"], ids), "tokenizer.json": tokenizer}.items():
        write_json(folder / name, content, indent=None if name == "tokenizer.json" else 1)
    write_json(HERE / "golden.json", golden(Reference(checkpoint, encoding_of(tokenizer), LANGUAGE_COUNT)), indent=None)


def dimensions(vocabulary: int) -> ModelDimensions:
    positions = SECONDS * 50
    return ModelDimensions(80, positions, 48, 2, 2, vocabulary, 112, 48, 2, 2)


def settings(dims: dict, ids: dict) -> dict:
    languages = {name: id for name, id in ids.items() if len(name) == 6}
    return {
        "config.json": {
            "model_type": "whisper", "d_model": dims["n_text_state"], "vocab_size": dims["n_vocab"],
            "encoder_layers": dims["n_audio_layer"], "decoder_layers": dims["n_text_layer"],
            "encoder_attention_heads": dims["n_audio_head"], "decoder_attention_heads": dims["n_text_head"],
            "num_mel_bins": dims["n_mels"], "max_source_positions": dims["n_audio_ctx"],
            "max_target_positions": dims["n_text_ctx"],
        },
        "generation_config.json": {"is_multilingual": True, "lang_to_id": languages},
        "preprocessor_config.json": {
            "feature_size": dims["n_mels"], "chunk_length": SECONDS, "sampling_rate": 16000, "hop_length": 160, "n_fft": 400,
        },
    }  # fmt: skip


def golden(model: Reference) -> dict:
    audio = {"long": read_wav(SAMPLES / "long-numbers.wav")}
    audio["window"] = audio["long"][: SECONDS * 16000]
    scenarios = json.loads((HERE / "scenarios.json").read_text(encoding="utf-8"))
    return {
        "tool": TOOL,
        "languages": {code: float(f"{p:.6g}") for code, p in sorted(language_probabilities(model, audio["window"]).items())},
        "scenarios": {
            name: transcribe(model, audio[given["audio"]], options_of(given, model.special_ids()))
            for name, given in scenarios.items()
        },
    }


def options_of(scenario: dict, special: dict[str, int]) -> dict:
    """Without timestamps random weights give them all the same, and small ones never end; trained ones do neither."""
    if not scenario.get("few_tokens"):
        return scenario["options"]
    end = special["<|endoftext|>"]
    text = range(FEW, end) if end < LARGE else []
    timestamps = [id for name, id in special.items() if name[2:3].isdigit()]
    return {**scenario["options"], "suppress_tokens": [-1, *text, *sorted(timestamps)]}


def read_wav(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / 32768


def write_json(path: Path, content: dict, indent: int | None) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=indent) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
