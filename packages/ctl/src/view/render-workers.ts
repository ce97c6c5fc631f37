import type { SlotPresence, WorkerPresence } from '@whisper/shared/contracts/worker-presence';
import type { Overview } from '@whisper/shared/overview/overview';
import { columns } from '../text/columns.ts';
import { age } from '../text/duration.ts';
import type { Paint } from '../text/paint.ts';

const BAR_WIDTH = 14;
const SMALLEST_ROOM = 4;
type BusySlot = Extract<SlotPresence, { state: 'busy' }>;

/**
 * Workers, each with what its slots do now.
 * @param room lines at the most; what has no place is counted
 */
export function renderWorkers({ workers }: Overview, paint: Paint, room: number): readonly string[] {
  if (workers.length === 0) return [paint.quiet('workers'), `  ${paint.warn('none')}`];
  const slots = columns(
    workers.flatMap((worker) => slotRows(worker, paint)),
    'llrrl',
  );
  const names = columns(
    workers.map((worker) => nameRow(worker, paint)),
    'llrl',
  );
  const lines = [paint.quiet('workers')];
  for (const [at, worker] of workers.entries()) {
    lines.push(names[at] ?? '', ...slots.splice(0, busySlots(worker).length));
  }
  const limit = Math.max(SMALLEST_ROOM, room);
  if (lines.length <= limit) return lines;
  return [...lines.slice(0, limit - 1), paint.quiet(`  … ${lines.length - limit + 1} more`)];
}

function nameRow(worker: WorkerPresence, paint: Paint): readonly string[] {
  const busy = `${busySlots(worker).length} of ${worker.slots.length} busy`;
  return [`  ${worker.workerId}`, worker.lane, busy, paint.quiet(worker.device)];
}

const busySlots = ({ slots }: WorkerPresence): readonly BusySlot[] =>
  slots.filter((slot): slot is BusySlot => slot.state === 'busy');

function slotRows(worker: WorkerPresence, paint: Paint): readonly (readonly string[])[] {
  return busySlots(worker).map((slot) => {
    const share = shareOf(slot);
    return [
      `    ${paint.good('●')} ${slot.model}`,
      share === undefined ? paint.quiet(`${Math.round(slot.processedSeconds)} s done`) : bar(share, paint),
      share === undefined ? '' : `${Math.round(share * 100)} %`,
      age(slot.since),
      paint.quiet(slot.jobId),
    ];
  });
}

function shareOf({ processedSeconds, totalSeconds }: BusySlot): number | undefined {
  return totalSeconds === undefined || totalSeconds === 0
    ? undefined
    : Math.min(1, processedSeconds / totalSeconds);
}

function bar(share: number, paint: Paint): string {
  const done = Math.round(share * BAR_WIDTH);
  return paint.good('━'.repeat(done)) + paint.quiet('─'.repeat(BAR_WIDTH - done));
}
