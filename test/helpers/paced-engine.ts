import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { cancelledError } from '@whisper/shared/contracts/errors';
import type { Segment, Word } from '@whisper/shared/contracts/transcript';
import { engineRequestSchema, failedReply, type EngineReply } from '@whisper/worker/engine/protocol';
import { heardText, pacedAudioSchema, type PacedAudio } from './paced-audio.ts';

/**
 * An engine process whose time is set by its audio: for queues, faults and the pipeline's own cost.
 * It speaks the real protocol in the place of the real engine; nothing of the product knows it.
 */
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => process.exit(0));
const BITE_BYTES = 32 * 2 ** 20;
let running = new AbortController();
process.on('message', (message) => {
  const request = engineRequestSchema.parse(message);
  if (request.kind === 'cancel') running.abort();
  else void answer(request);
});

async function answer(
  request: Exclude<ReturnType<typeof engineRequestSchema.parse>, { kind: 'cancel' }>,
): Promise<void> {
  if (request.kind === 'load') {
    send({ kind: 'ready', identity: { name: 'paced', revision: 'paced', precision: 'none' } });
    return;
  }
  running = new AbortController();
  const { signal: cancelled } = running;
  const { audio, text } = await hear(request.audioPath);
  const { delayMs, eatsOnce, fault } = audio;
  send({ kind: 'progress', processedSeconds: 0, totalSeconds: 1 });
  if (eatsOnce && !existsSync(eatsOnce.marker)) await eat(eatsOnce);
  if (fault === 'crash') process.abort();
  if (fault === 'stall') return;
  if (fault === 'nonsense') process.send?.({ kind: 'done', transcript: { text: null } });
  if (fault === 'deadly') process.kill(process.ppid, 'SIGKILL');
  const signal = fault === 'deaf' ? undefined : cancelled;
  try {
    const segments = await tell(audio, request.options.wordTimestamps, signal);
    if (!audio.segments) await sleep(delayMs, undefined, { signal });
    if (fault === 'late') process.abort();
    const durationSeconds = Math.max(1, segments.length);
    send({ kind: 'done', transcript: { text, language: 'en', durationSeconds, segments } });
  } catch {
    send(failedReply(cancelledError()));
  }
}

async function hear(path: string): Promise<{ readonly audio: PacedAudio; readonly text: string }> {
  const bytes = await readFile(path);
  const audio = pacedAudioSchema.parse(JSON.parse(bytes.toString()));
  return { audio, text: audio.text ?? heardText(createHash('sha256').update(bytes).digest('hex')) };
}

/** Touches every page of it; a little at a time, so that what the parent says is heard in between. */
async function eat({ bytes, marker }: { readonly bytes: number; readonly marker: string }): Promise<void> {
  await writeFile(marker, '');
  const eaten: Buffer[] = [];
  for (let left = bytes; left > 0; left -= BITE_BYTES) {
    eaten.push(Buffer.alloc(BITE_BYTES, 1));
    await sleep(1);
  }
}

/** One segment a second of audio. */
async function tell(
  { crashOnce, delayMs, segments = [] }: PacedAudio,
  withWords: boolean,
  signal: AbortSignal | undefined,
): Promise<Segment[]> {
  const mayCrash = crashOnce !== undefined && !existsSync(crashOnce.marker);
  const told: Segment[] = [];
  const texts = mayCrash ? segments : (crashOnce?.then ?? segments);
  for (const text of texts) {
    await sleep(delayMs, undefined, { signal });
    if (mayCrash && told.length === crashOnce.before) {
      await writeFile(crashOnce.marker, '');
      process.abort();
    }
    const segment = {
      ...segmentOf(told.length, text),
      ...(withWords && { words: wordsOf(told.length, text) }),
    };
    told.push(segment);
    send({ kind: 'segment', segment });
  }
  return told;
}

function segmentOf(id: number, text: string): Segment {
  return {
    id,
    text,
    seek: 0,
    startSeconds: id,
    endSeconds: id + 1,
    tokens: [],
    temperature: 0,
    avgLogprob: 0,
    compressionRatio: 1,
    noSpeechProbability: 0,
  };
}

/** All of them as long as their segment. */
function wordsOf(startSeconds: number, text: string): Word[] {
  const words = text.match(/\s*\S+/g) ?? [];
  return words.map((word) => ({ word, startSeconds, endSeconds: startSeconds + 1, probability: 1 }));
}

function send(reply: EngineReply): void {
  process.send?.(reply);
}
