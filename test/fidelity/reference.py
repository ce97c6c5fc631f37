"""openai/whisper on any checkpoint: other vocabularies and windows than the published, our draws, its own decoding."""
import contextlib
import importlib
import importlib.metadata

import numpy as np
import torch
import whisper
import whisper.audio
import whisper.decoding
from whisper.decoding import PyTorchInference
from whisper.model import ModelDimensions, Whisper
from whisper.tokenizer import LANGUAGES, Tokenizer

from seeded_draws import SeededCategorical, seek_of_caller

# The package hides this module behind its function of the same name.
TRANSCRIBE = importlib.import_module("whisper.transcribe")
TOOL = f"openai-whisper {importlib.metadata.version('openai-whisper')}, torch {importlib.metadata.version('torch')}"
FRAMES_PER_SECOND, SAMPLES_PER_FRAME = 100, 160


class Reference(Whisper):
    """`encoding` and `languages` replace the published vocabulary where they are given."""

    def __init__(self, checkpoint: dict, encoding=None, languages: int | None = None) -> None:
        super().__init__(ModelDimensions(**checkpoint["dims"]))
        self.load_state_dict(checkpoint["model_state_dict"], strict=False)
        self.eval()
        self.encoding, self.languages = encoding, languages
        remember_windows(self)

    is_multilingual = property(lambda self: self.languages is not None or self.dims.n_vocab >= 51865)
    num_languages = property(
        lambda self: self.languages or self.dims.n_vocab - 51765 - int(self.is_multilingual)
    )

    def codes(self) -> list[str]:
        return list(LANGUAGES)[: self.num_languages]

    def special_ids(self) -> dict[str, int]:
        return self.tokenizer(self.is_multilingual, num_languages=self.num_languages).special_tokens

    def inference(self, initial_length: int):
        return PyTorchInference(self, initial_length)

    def decode(self, mel, options=None, **kwargs):
        SeededCategorical.start_decoding(seek_of_caller())
        return whisper.decoding.decode(self, mel, options, **kwargs)

    def tokenizer(self, multilingual, *, num_languages=99, language=None, task=None):
        if self.encoding is None:
            return whisper.tokenizer.get_tokenizer(multilingual, num_languages=num_languages, language=language, task=task)
        return Tokenizer(self.encoding, num_languages, language=language or "en", task=task or "transcribe")


def remember_windows(model: Reference) -> None:
    """Most scenarios hear the same windows: each is encoded once."""
    encode, heard = model.encoder.forward, {}

    def forward(mel: torch.Tensor) -> torch.Tensor:
        key = hash(mel.numpy().tobytes())
        if key not in heard:
            heard[key] = encode(mel)
        return heard[key]

    model.encoder.forward = forward


def transcribe(model: Reference, audio: np.ndarray, options: dict) -> dict:
    """`options` by their names in a request; what `transcribe` of openai/whisper gives, in a form to compare."""
    with patched(model):
        SeededCategorical.seed = options.get("seed", 0)
        with torch.no_grad():
            result = TRANSCRIBE.transcribe(model, audio, **arguments(options))
    return {"language": result["language"], "segments": [described(segment) for segment in result["segments"]]}


def arguments(options: dict) -> dict:
    """The two names that differ, and a list where the reference has a tuple."""
    renamed = {{"max_new_tokens": "sample_len"}.get(name, name): value for name, value in options.items() if name != "seed"}
    if "temperature" in renamed:
        renamed["temperature"] = tuple(renamed["temperature"])
    return {**renamed, "fp16": False}


def described(segment: dict) -> dict:
    times = {name: round(segment[name], 3) for name in ("start", "end")}
    measures = ("avg_logprob", "no_speech_prob", "compression_ratio")
    return {
        **{name: segment[name] for name in ("seek", "tokens", "text", "temperature")},
        **times,
        **{name: float(f"{segment[name]:.6g}") for name in measures},
        **({"words": [described_word(word) for word in segment["words"]]} if "words" in segment else {}),
    }


def described_word(word: dict) -> dict:
    times = {name: round(float(word[name]), 3) for name in ("start", "end")}
    return {"word": word["word"], **times, "probability": float(f"{word['probability']:.4g}")}


def language_probabilities(model: Reference, audio: np.ndarray) -> dict:
    with patched(model), torch.no_grad():
        mel = whisper.audio.log_mel_spectrogram(audio, model.dims.n_mels, padding=window_samples(model))
        window = whisper.audio.pad_or_trim(mel, window_samples(model) // SAMPLES_PER_FRAME)
        return whisper.decoding.detect_language(model, window, model.tokenizer(True, num_languages=model.num_languages))[1]


def window_samples(model: Reference) -> int:
    return model.dims.n_audio_ctx * 2 * SAMPLES_PER_FRAME


@contextlib.contextmanager
def patched(model: Reference):
    """The reference's constants are those of 30 s; models/pico and the small model hear 10 s."""
    samples = window_samples(model)
    frames = samples // SAMPLES_PER_FRAME
    seconds = frames // FRAMES_PER_SECOND
    changes = [
        (TRANSCRIBE, {"N_FRAMES": frames, "N_SAMPLES": samples, "get_tokenizer": model.tokenizer}),
        (whisper.decoding, {"CHUNK_LENGTH": seconds, "get_tokenizer": model.tokenizer, "Categorical": SeededCategorical}),
        (whisper.decoding, {"PyTorchInference": lambda _, length: model.inference(length)}),
    ]
    kept = [(module, {name: getattr(module, name) for name in values}) for module, values in changes]
    try:
        for module, values in changes:
            vars(module).update(values)
        yield
    finally:
        for module, values in kept:
            vars(module).update(values)
