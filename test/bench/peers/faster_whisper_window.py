"""A peer of `npm run bench:engine`: one window of 30 s and its tokens through CTranslate2, which faster-whisper runs on.

  python faster_whisper_window.py MODEL THREADS TOKENS

Prints {"ready":true}; then for each line of stdin {"encodeMs":…,"tokenMs":…,"windowMs":…,"cpuMs":…,"residentBytes":…}.
"""
import json
import sys
import time

import ctranslate2
import numpy as np

path, threads, tokens = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
model = ctranslate2.models.Whisper(path, device='cpu', compute_type='int8', intra_threads=threads, inter_threads=1)
mel = ((np.arange(80 * 3000) * 7919 % 2000) / 1000 - 1).astype(np.float32).reshape(1, 80, 3000)
PROMPT = [50258, 50259, 50359, 50363]  # start of transcript, English, transcribe, no timestamps
END_OF_TEXT = 50257


def resident_bytes():
    with open('/proc/self/statm', encoding='ascii') as file:
        return int(file.read().split()[1]) * 4096


def window():
    cpu, start = time.process_time(), time.perf_counter()
    encoded = model.encode(ctranslate2.StorageView.from_array(mel))
    after = time.perf_counter()
    result = model.generate(encoded, [PROMPT], beam_size=1, max_length=2 * tokens,  # it makes half as many
                            suppress_blank=False, suppress_tokens=[END_OF_TEXT])
    end = time.perf_counter()
    count = len(result[0].sequences_ids[0])
    if count != tokens:
        sys.exit(f'{count} tokens came where {tokens} were wanted')
    return {'encodeMs': (after - start) * 1000, 'tokenMs': (end - after) * 1000 / tokens,
            'windowMs': (end - start) * 1000,
            'cpuMs': (time.process_time() - cpu) * 1000, 'residentBytes': resident_bytes()}


print(json.dumps({'ready': True}), flush=True)
for _ in sys.stdin:
    print(json.dumps(window()), flush=True)
