import { LANES, MODEL_CLASSES } from '@whisper/shared/contracts/identifiers';
import type { SlotPresence, WorkerPresence } from '@whisper/shared/contracts/worker-presence';
import type { Status } from './describe-status.ts';
import { escapeHtml } from '../http/escape-html.ts';

/** The status as a page that reloads itself; no scripts, nothing from elsewhere. */
export function statusPage(status: Status): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="5">
<meta name="viewport" content="width=device-width">
<title>WhisperServer status</title>
<style>${STYLE}</style>
<h1>WhisperServer</h1>
<p>${escapeHtml(summary(status))}</p>
${table('Backlog', ['class', 'waiting', 'oldest', 'starts in', 'weight', 'tenants'], classRows(status))}
${table('Lanes', ['lane', 'class', 'waiting', 'running', 'oldest', 'ended in a minute'], laneRows(status))}
${table('Workers', ['worker', 'lane', 'device', 'does now'], status.workers.map(workerRow))}
${table('Models', ['model', 'class', 'running', 'loaded by', 'on disk of', 'seconds a job'], modelRows(status))}
${table('Cache (this process)', ['hits', 'joined', 'misses', 'requests waiting'], [cacheRow(status)])}
</html>
`;
}

const NOTHING = '–';
const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:64rem;padding:0 1rem;color:#1c2530}
h1{font-size:1.4rem;margin-bottom:.2rem}h2{font-size:1rem;margin:1.6rem 0 .4rem}p{margin:0;color:#5b6875}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #d8dee6;vertical-align:top;white-space:pre-line}
th{color:#5b6875;font-weight:500}`;

function summary({ scheduler, retries, dead }: Status): string {
  const leader = scheduler
    ? `scheduler ${scheduler.schedulerId} leads for ${seconds(scheduler.leadingSeconds)}`
    : 'no scheduler leads: what waits is not given to workers';
  return `${leader} · ${retries} being tried again · ${dead} dead letters`;
}

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, row: readonly string[]): string =>
    `<tr>${row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  const body = rows.length > 0 ? rows.map((row) => cells('td', row)).join('\n') : cells('td', ['none']);
  return `<h2>${escapeHtml(title)}</h2>\n<table>${cells('th', head)}\n${body}</table>`;
}

function classRows({ classes }: Status): string[][] {
  return MODEL_CLASSES.map((each) => {
    const { backlog, oldestSeconds, drainSeconds, weight, tenants } = classes[each];
    return [
      ...[each, String(backlog), seconds(oldestSeconds), backlog > 0 ? seconds(drainSeconds) : NOTHING],
      ...[
        String(weight ?? NOTHING),
        tenants.map(({ tenant, backlog: depth }) => `${tenant} ${depth}`).join(', '),
      ],
    ];
  });
}

function laneRows({ queues }: Status): string[][] {
  return LANES.flatMap((lane) =>
    MODEL_CLASSES.map((each) => {
      const { queued, running, oldestSeconds, endedLastMinute } = queues[lane][each];
      const counts = [queued, running].map(String);
      return [lane, each, ...counts, seconds(oldestSeconds), String(endedLastMinute ?? NOTHING)];
    }),
  );
}

const cacheRow = ({ cache, waitingRequests }: Status): string[] =>
  [cache.hit, cache.joined, cache.miss, waitingRequests].map(String);

function workerRow({ workerId, lane, device, slots }: WorkerPresence): string[] {
  return [workerId, lane, device, slots.map(slotText).join('\n')];
}

function slotText(slot: SlotPresence): string {
  if (slot.state === 'idle') return 'idle';
  const { model, jobId, processedSeconds, totalSeconds } = slot;
  const length = totalSeconds === undefined ? '' : ` of ${Math.round(totalSeconds)}`;
  return `${model}: ${Math.round(processedSeconds)}${length} s of ${jobId}`;
}

function seconds(value: number | null): string {
  if (value === null) return NOTHING;
  return value < 120 ? `${Math.round(value)} s` : `${Math.round(value / 60)} min`;
}

function modelRows({ models, speeds }: Status): string[][] {
  return Object.entries(models).map(([name, { class: modelClass, running, loadedBy, localTo }]) => [
    name,
    modelClass,
    ...[running, loadedBy, localTo].map(String),
    speeds
      .filter(({ model }) => model === name)
      .map(({ lane, secondsPerJob }) => `${lane} ${secondsPerJob.toFixed(1)}`)
      .join(', '),
  ]);
}
