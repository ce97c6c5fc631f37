import { LANES, MODEL_CLASSES } from '@whisper/shared/contracts/identifiers';
import type { SlotPresence, WorkerPresence } from '@whisper/shared/contracts/worker-presence';
import type { Status } from './describe-status.ts';

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
${table('Queues', ['lane', 'class', 'queued', 'running'], queueRows(status))}
${table('Workers', ['worker', 'lane', 'device', 'slots'], status.workers.map(workerRow))}
${table('Models', ['model', 'class', 'running', 'loaded by', 'on disk of'], modelRows(status))}
${table('Cache (this process)', ['hits', 'joined', 'misses'], [Object.values(status.cache).map(String)])}
</html>
`;
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:56rem;padding:0 1rem;color:#1c2530}
h1{font-size:1.4rem}h2{font-size:1rem;margin:1.6rem 0 .4rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #d8dee6;vertical-align:top}th{color:#5b6875;font-weight:500}`;

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, row: readonly string[]): string =>
    `<tr>${row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  const body = rows.length > 0 ? rows.map((row) => cells('td', row)).join('\n') : cells('td', ['none']);
  return `<h2>${escapeHtml(title)}</h2>\n<table>${cells('th', head)}\n${body}</table>`;
}

function queueRows({ intake, queues }: Status): string[][] {
  const lanes = LANES.flatMap((lane) =>
    MODEL_CLASSES.map((each) => [
      lane,
      each,
      String(queues[lane][each].queued),
      String(queues[lane][each].running),
    ]),
  );
  return [['intake', 'all', String(intake.queued), String(intake.running)], ...lanes];
}

function workerRow({ workerId, lane, device, slots }: WorkerPresence): string[] {
  return [workerId, lane, device, slots.map(slotText).join(', ')];
}

function slotText(slot: SlotPresence): string {
  return slot.state === 'idle'
    ? 'idle'
    : `${slot.model} (${Math.round(slot.processedSeconds)} s of audio done)`;
}

function modelRows({ models }: Status): string[][] {
  return Object.entries(models).map(([name, { class: modelClass, running, loadedBy, localTo }]) => [
    name,
    modelClass,
    ...[running, loadedBy, localTo].map(String),
  ]);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
