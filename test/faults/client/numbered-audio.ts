import { createHash } from 'node:crypto';
import { heardText, type PacedAudio } from '../../helpers/paced-audio.ts';
import type { Expected } from './ledger.ts';

/** "Audio" with a number; nobody can know its text without having had its bytes. */
export interface NumberedAudio {
  readonly number: number;
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly expected: Expected;
}

export function numberedAudio(number: number, audio: PacedAudio, expectedCode?: string): NumberedAudio {
  const bytes = Buffer.from(JSON.stringify({ ...audio, number }));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    number,
    bytes,
    sha256,
    expected: expectedCode ? { code: expectedCode } : { text: heardText(sha256) },
  };
}
