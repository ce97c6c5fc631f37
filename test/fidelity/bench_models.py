"""Makes what `npm run bench:fidelity` compares: python bench_models.py NAME OUT [SCENARIO…], NAME tiny, tiny.en, base or pico.

OUT/hub and OUT/packed hold the same weights in float32, OUT/audio.wav what is heard, OUT/reference.json and OUT/mel.f32
what openai/whisper makes of it. pico's weights are read by its own graphs, under openai/whisper's decoding.
"""
import json
import shutil
import subprocess
import sys
import time
import wave
from pathlib import Path

import numpy as np
import torch
import whisper.audio
import whisper.tokenizer
from whisper.model import ModelDimensions

from hub_layout import write_decoder, write_encoder
from make_fixture import SAMPLES, options_of, read_wav, write_json
from onnx_reference import OnnxReference
from random_model import random_checkpoint
from reference import TOOL, Reference, transcribe, window_samples

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SIZES = {"tiny": (384, 6, 4, 51865), "tiny.en": (384, 6, 4, 51864), "base": (512, 8, 6, 51865)}


def main(name: str, out: Path, asked: list[str]) -> None:
    torch.set_num_threads(1)  # steps of one token are too small to share
    out.mkdir(parents=True, exist_ok=True)
    model = pico(out) if name == "pico" else random_model(name, out)
    audio = long_audio()
    write_wav(out / "audio.wav", audio)
    mel = whisper.audio.log_mel_spectrogram(audio, model.dims.n_mels, padding=window_samples(model))
    mel[:, : len(audio) // 160].numpy().tofile(out / "mel.f32")
    write_reference(model, audio, out / "reference.json", asked)


def pico(out: Path) -> OnnxReference:
    shutil.copytree(ROOT / "models" / "pico", out / "hub", dirs_exist_ok=True, ignore=shutil.ignore_patterns("training"))
    preprocessor = out / "hub" / "preprocessor_config.json"
    content = json.loads(preprocessor.read_text(encoding="utf-8"))
    write_json(preprocessor, {**content, "feature_padding": "zeros"}, indent=1)  # as the reference pads
    generation = out / "hub" / "generation_config.json"
    content = json.loads(generation.read_text(encoding="utf-8"))
    write_json(generation, {**content, "condition_on_prev_tokens": True, "num_beams": 1}, indent=1)
    return OnnxReference(out / "hub")


def random_model(name: str, out: Path) -> Reference:
    width, heads, layers, vocabulary = SIZES[name]
    dims = ModelDimensions(80, 1500, width, heads, layers, vocabulary, 448, width, heads, layers)
    multilingual = vocabulary >= 51865
    encoding = whisper.tokenizer.get_encoding("multilingual" if multilingual else "gpt2", 99)
    checkpoint = random_checkpoint(dims, {token: encoding.encode_single_token(token) for token in encoding.special_tokens_set}, 2)
    torch.save(checkpoint, out / "checkpoint.pt")
    exporter = [sys.executable, ROOT / "models" / "export", out / "checkpoint.pt", "--out", out / "packed"]
    subprocess.run([*exporter, "--precision", "fp32"], check=True, stdout=subprocess.DEVNULL)
    (out / "hub" / "onnx").mkdir(parents=True, exist_ok=True)
    for path in (out / "packed").glob("*.json"):
        shutil.copy(path, out / "hub")
    write_encoder(checkpoint, out / "hub" / "onnx" / "encoder_model.onnx")
    write_decoder(checkpoint, out / "hub" / "onnx" / "decoder_model_merged.onnx")
    return Reference(checkpoint)


def long_audio() -> np.ndarray:
    """69 s, the sample forwards and then backwards; exact in 16 bits, so that the file holds what is heard here."""
    long = read_wav(SAMPLES / "long-numbers.wav")
    return np.concatenate([long, long[::-1]])[: 69 * 16000]


def write_reference(model: Reference, audio: np.ndarray, path: Path, asked: list[str]) -> None:
    """One scenario after the other, all where none is asked for; the file is there when all are known."""
    audios = {"long": audio, "window": audio[: window_samples(model)]}
    scenarios = json.loads((HERE / "scenarios.json").read_text(encoding="utf-8"))
    results = {}
    for name in asked or scenarios:
        options = options_of(scenarios[name], model.special_ids())
        if not speaks(model, options) or (options.get("word_timestamps") and isinstance(model, OnnxReference)):
            continue  # graphs do not tell openai/whisper where they listen
        started = time.time()
        results[name] = transcribe(model, audios[scenarios[name]["audio"]], options)
        print(f"{name}: {time.time() - started:.0f} s", file=sys.stderr, flush=True)
    write_json(path, {"tool": TOOL, "scenarios": results}, indent=None)


def speaks(model: Reference, options: dict) -> bool:
    """A model of English alone takes neither another language nor a translation."""
    language, translates = options.get("language", "en"), options.get("task") == "translate"
    return model.is_multilingual and language in model.codes() or (language == "en" and not translates)


def write_wav(path: Path, audio: np.ndarray) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(np.round(audio * 32768).clip(-32768, 32767).astype(np.int16).tobytes())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
