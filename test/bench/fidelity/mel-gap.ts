import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LogMelSpectrogram } from '@whisper/speech/features/log-mel-spectrogram';
import { readWav } from '../../helpers/read-wav.ts';

const MELS = 80;

/** The largest difference between our log-mel spectrogram of `audio.wav` and the reference's in `mel.f32`. */
export async function melGap(folder: string): Promise<{ readonly gap: number; readonly frames: number }> {
  const bytes = await readFile(join(folder, 'mel.f32'));
  const expected = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const spectrogram = new LogMelSpectrogram(MELS);
  spectrogram.append(await readWav(join(folder, 'audio.wav')));
  spectrogram.finish();
  const frames = expected.length / MELS;
  const actual = spectrogram.window(0, frames);
  return {
    frames,
    gap: expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (actual[i] ?? 9))), 0),
  };
}
