import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { cancelledError } from '@whisper/shared/contracts/errors';
import { engineRequestSchema, failedReply, type EngineReply } from '@whisper/worker/engine/protocol';
import { pacedAudioSchema } from './paced-audio.ts';

/**
 * An engine process whose time is set by its audio: for queues, faults and the pipeline's own cost.
 * It speaks the real protocol in the place of the real engine; nothing of the product knows it.
 */
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => process.exit(0));
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
  const { text, delayMs, fault } = pacedAudioSchema.parse(
    JSON.parse(await readFile(request.audioPath, 'utf8')),
  );
  send({ kind: 'progress', processedSeconds: 0, totalSeconds: 1 });
  if (fault === 'crash') process.abort();
  if (fault === 'stall') return;
  if (fault === 'nonsense') process.send?.({ kind: 'done', transcript: { text: null } });
  if (fault === 'deadly') process.kill(process.ppid, 'SIGKILL');
  const signal = fault === 'deaf' ? undefined : cancelled;
  const stopped = await sleep(delayMs, false, { signal }).catch(() => true);
  if (stopped) send(failedReply(cancelledError()));
  else send({ kind: 'done', transcript: { text, language: 'en', durationSeconds: 1, segments: [] } });
}

function send(reply: EngineReply): void {
  process.send?.(reply);
}
