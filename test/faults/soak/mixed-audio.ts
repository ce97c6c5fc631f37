import { numberedAudio, type NumberedAudio } from '../client/numbered-audio.ts';
import { usualAudio } from '../run/under-load.ts';

const LONG_MS = 8_000;

/** Of ten jobs one is long, one was sent before; of twenty one crashes its engine at each attempt. */
export function mixedAudio(n: number): NumberedAudio {
  if (n < 0) return usualAudio(n);
  if (n % 20 === 7) return numberedAudio(n, { delayMs: 100, fault: 'late' }, 'engine_failed');
  if (n % 10 === 3) return numberedAudio(n, { delayMs: LONG_MS });
  return usualAudio(n % 10 === 9 ? n - 1 : n);
}
