import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { engineRequestSchema, type EngineReply } from '@whisper/worker/engine/protocol';
import { pacedAudioSchema } from './paced-audio.ts';

/**
 * An engine process whose time is set by its audio: for queues, faults and the pipeline's own cost.
 * It speaks the real protocol in the place of the real engine; nothing of the product knows it.
 */
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  void answer(engineRequestSchema.parse(message));
});

async function answer(request: ReturnType<typeof engineRequestSchema.parse>): Promise<void> {
  if (request.kind === 'load') {
    send({ kind: 'ready', identity: { name: 'paced', revision: 'paced', precision: 'none' } });
    return;
  }
  const { text, delayMs, fault } = pacedAudioSchema.parse(
    JSON.parse(await readFile(request.audioPath, 'utf8')),
  );
  if (fault === 'crash') process.abort();
  if (fault === 'stall') return;
  if (fault === 'nonsense') process.send?.({ kind: 'done', transcript: { text: null } });
  await sleep(delayMs);
  send({ kind: 'done', transcript: { text, language: 'en', durationSeconds: 1, segments: [] } });
}

function send(reply: EngineReply): void {
  process.send?.(reply);
}
