"""festival, which speaks whole batches by a program of its own."""

import pathlib
import subprocess
import tempfile

import numpy as np
from scipy.io import wavfile

from waves import at_16khz


def festival_say(name: str, texts: list[str], pace: float) -> list[np.ndarray]:
    with tempfile.TemporaryDirectory() as folder:
        script = [f"(voice_{name})", f"(Parameter.set 'Duration_Stretch {1 / pace:.3f})"]
        for i, text in enumerate(texts):
            script.append(f"(utt.save.wave (utt.synth (Utterance Text \"{text}\")) \"{folder}/{i}.wav\" 'riff)")
        path = pathlib.Path(folder) / "say.scm"
        path.write_text("\n".join(script))
        subprocess.run(["festival", "-b", str(path)], check=True, capture_output=True)
        waves = [wavfile.read(f"{folder}/{i}.wav") for i in range(len(texts))]
    return [at_16khz(samples, sample_rate) for sample_rate, samples in waves]
