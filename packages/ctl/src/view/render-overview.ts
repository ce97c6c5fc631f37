import { LANES, MODEL_CLASSES, type Lane, type ModelClass } from '@whisper/shared/contracts/identifiers';
import type { Overview } from '@whisper/shared/overview/overview';
import { columns, visibleLength } from '../text/columns.ts';
import { duration } from '../text/duration.ts';
import type { Paint } from '../text/paint.ts';
import { renderModels } from './render-models.ts';
import { renderWorkers } from './render-workers.ts';
import type { Size } from './screen.ts';

const INDENT = '  ';
/** Waiting longer than this deserves a look. */
const OLD_SECONDS = 300;
const TENANTS_SHOWN = 4;
const NOTHING = '·';

/** The whole system as lines of text: what waits, what runs, who works, what went wrong. */
export function renderOverview(overview: Overview, paint: Paint, size: Size): readonly string[] {
  const before = [
    ...header(overview, paint, size.columns),
    '',
    ...backlog(overview, paint),
    '',
    ...lanes(overview, paint),
    '',
  ];
  const after = ['', ...renderModels(overview, paint), '', trouble(overview, paint)];
  const room = size.rows === undefined ? Infinity : size.rows - before.length - after.length;
  return [...before, ...renderWorkers(overview, paint, room), ...after].map((line) =>
    fit(line, size.columns),
  );
}

function header({ at, scheduler }: Overview, paint: Paint, width: number): readonly string[] {
  const leader = scheduler
    ? paint.quiet(`scheduler leads for ${duration(scheduler.leadingSeconds)}`)
    : paint.bad('no scheduler leads');
  const clock = new Date(at).toLocaleTimeString('en-GB');
  const left = `${paint.title('WhisperServer')}   ${leader}`;
  return [left + ' '.repeat(Math.max(2, width - visibleLength(left) - clock.length)) + paint.quiet(clock)];
}

function backlog({ classes }: Overview, paint: Paint): readonly string[] {
  const head = ['backlog', 'waiting', 'oldest', 'starts in', 'weight', 'tenants'];
  const rows = MODEL_CLASSES.map((each) => {
    const { backlog: waiting, oldestSeconds, drainSeconds, weight, tenants } = classes[each];
    const named = tenants.slice(0, TENANTS_SHOWN).map(({ tenant, backlog: depth }) => `${tenant} ${depth}`);
    return [
      INDENT + each,
      count(waiting, paint),
      oldest(oldestSeconds, paint),
      waiting > 0 && drainSeconds !== null ? duration(drainSeconds) : NOTHING,
      paint.quiet(weight === null ? NOTHING : String(weight)),
      paint.quiet(named.join(', ')),
    ];
  });
  return columns([head.map(paint.quiet), ...rows], 'lrrrrl');
}

function lanes(overview: Overview, paint: Paint): readonly string[] {
  const head = ['lanes', '', 'waiting', 'running', 'oldest', 'a minute'];
  const rows = LANES.flatMap((lane) =>
    isAway(overview, lane)
      ? [[INDENT + paint.quiet(lane), paint.quiet('no workers')]]
      : MODEL_CLASSES.map((each) => laneRow(overview, lane, each, paint)),
  );
  return columns([head.map(paint.quiet), ...rows], 'llrrrr');
}

/** Nobody works there and nothing waits there: there is nothing to say. */
function isAway({ queues, workers }: Overview, lane: Lane): boolean {
  const isEmpty = MODEL_CLASSES.every(
    (each) => queues[lane][each].queued === 0 && queues[lane][each].running === 0,
  );
  return isEmpty && !workers.some((worker) => worker.lane === lane);
}

function laneRow(
  { queues, workers }: Overview,
  lane: Lane,
  modelClass: ModelClass,
  paint: Paint,
): readonly string[] {
  const { queued, running, oldestSeconds, endedLastMinute } = queues[lane][modelClass];
  const hasWorkers = workers.some((worker) => worker.lane === lane);
  const name = modelClass === MODEL_CLASSES[0] ? lane : '';
  return [
    INDENT + (hasWorkers ? name : paint.quiet(name)),
    hasWorkers ? modelClass : paint.quiet(modelClass),
    !hasWorkers && queued > 0 ? paint.warn(String(queued)) : count(queued, paint),
    running > 0 ? paint.good(String(running)) : paint.quiet(NOTHING),
    queued > 0 ? oldest(oldestSeconds, paint) : paint.quiet(NOTHING),
    endedLastMinute === null || endedLastMinute === 0 ? paint.quiet(NOTHING) : String(endedLastMinute),
  ];
}

function trouble({ retries, dead }: Overview, paint: Paint): string {
  const retrying = retries > 0 ? paint.warn(`${retries} being tried again`) : paint.quiet('no retries');
  const letters =
    dead > 0
      ? paint.bad(`${dead} dead ${dead === 1 ? 'letter' : 'letters'} (dead list)`)
      : paint.quiet('no dead letters');
  return `${retrying}   ${letters}`;
}

const count = (jobs: number, paint: Paint): string => (jobs > 0 ? String(jobs) : paint.quiet(NOTHING));

function oldest(seconds: number | null, paint: Paint): string {
  if (seconds === null) return paint.quiet(NOTHING);
  return seconds > OLD_SECONDS ? paint.warn(duration(seconds)) : duration(seconds);
}

/** A line that is too long loses its end; colours are closed again. */
function fit(line: string, width: number): string {
  if (visibleLength(line) <= width) return line;
  let left = width - 1;
  // eslint-disable-next-line no-control-regex -- colours begin with an escape
  return line.replace(/(\x1b\[[0-9;]*m)|./gu, (character, colour: string | undefined) => {
    if (colour) return colour;
    return left-- > 0 ? character : left === -1 ? '…' : '';
  });
}
