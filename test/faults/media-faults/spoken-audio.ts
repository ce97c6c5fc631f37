import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { samplePath } from '../../helpers/sample-path.ts';
import type { Expected } from '../client/ledger.ts';
import type { NumberedAudio } from '../client/numbered-audio.ts';

/** What the bundled model hears in `numbers.wav`. */
const TEXT = 'four nine two seven';
const WAV = readFileSync(samplePath('numbers.wav'));

export function mediaAudio(number: number, bytes: Buffer, expected: Expected): NumberedAudio {
  return { number, bytes, sha256: createHash('sha256').update(bytes).digest('hex'), expected };
}

/** Speech; a trailing chunk that decoders skip makes each file another one. */
export function spokenAudio(number: number): NumberedAudio {
  const note = Buffer.alloc(64, 32);
  note.write('note', 0);
  note.writeUInt32LE(56, 4);
  note.write(String(number), 8);
  return mediaAudio(number, Buffer.concat([WAV, note]), { text: TEXT });
}
