import { busError } from '@whisper/shared/bus/nats-errors';
import { isTerminal, type JobRecord } from '@whisper/shared/contracts/job-record';
import { announceCancelled } from '@whisper/shared/jobs/announce-cancelled';
import { hasEnd } from '@whisper/shared/jobs/has-end';
import type { QueuedMessage } from './queued-jobs.ts';
import type { RepairDeps } from './repair.ts';

/**
 * Takes messages off the lanes whose job has ended and whose end has been told; a worker that is about to do so has the
 * grace to. An end that was not told is left to the worker who gets the message next: it tells it.
 * @param endedBefore when each such message was first seen, kept between looks
 */
export async function clearLanes(
  deps: RepairDeps,
  lanes: readonly QueuedMessage[],
  endedBefore: Map<string, number>,
): Promise<void> {
  const seen = new Map(endedBefore);
  endedBefore.clear();
  for (const message of lanes) {
    const record = await deps.records.get(message.jobId);
    if (!record && (await deps.records.isErased(message.jobId))) await remove(deps, message);
    if (!record || !isTerminal(record.state)) continue;
    const key = `${message.stream}.${message.sequence}`;
    const sinceMs = seen.get(key) ?? performance.now();
    if (performance.now() - sinceMs < deps.graceMs) endedBefore.set(key, sinceMs);
    else if (await isTold(deps, record)) await remove(deps, message);
  }
}

async function isTold({ bus }: RepairDeps, record: JobRecord): Promise<boolean> {
  if (record.state === 'queued' || record.state === 'running') return false;
  if (record.state === 'cancelled') await announceCancelled({ bus, name: 'scheduler' }, record);
  return hasEnd(bus, record.state, record.jobId);
}

async function remove({ bus, log }: RepairDeps, { stream, sequence, jobId }: QueuedMessage): Promise<void> {
  try {
    await bus.manager.streams.deleteMessage(stream, sequence);
  } catch (error) {
    throw busError(error, `taking a message from ${stream}`);
  }
  log.warn({ jobId, stream }, 'message of an ended job taken off its lane');
}
