import { toPipelineError } from '@whisper/shared/contracts/errors';
import {
  dropDeadLetter,
  findDeadLetter,
  listDeadLetters,
  type DeadEntry,
} from '@whisper/shared/jobs/dead-letters';
import { replayDeadLetter } from '@whisper/shared/jobs/replay-dead-letter';
import type { Command, Ctl } from '../command.ts';
import { columns } from '../text/columns.ts';
import { age } from '../text/duration.ts';

/** `all` in the place of an id means every letter. */
const ALL = 'all';

const list: Command = {
  name: 'dead list',
  arguments: [],
  summary: 'what was given up, oldest first',
  run: async ({ bus, paint }) => {
    const entries = await listDeadLetters(bus);
    if (entries.length === 0) return { json: [], text: 'no dead letters' };
    const lines = columns([HEAD.map(paint.quiet), ...entries.map(rowOf)], 'rlllrll');
    return { json: entries.map(toJson), text: lines.join('\n') };
  },
};

const show: Command = {
  name: 'dead show',
  arguments: ['id'],
  summary: 'one letter, by its number or its job, with the message as it was',
  run: async ({ bus, paint }, { arguments: [id = ''] }) => {
    const entry = await findDeadLetter(bus, id);
    const { letter } = entry;
    const rows = [
      ['number', String(entry.sequence)],
      ['job', letter.jobId ?? entry.job?.jobId ?? 'unknown'],
      ['why', `${letter.code}: ${letter.message}`],
      ['attempts', String(letter.attempts)],
      ['died', letter.deadAt],
      ['subject', letter.originalSubject],
      ['message', Buffer.from(letter.payloadBase64, 'base64').toString()],
    ].map(([name = '', value = '']) => [paint.quiet(name), value]);
    return { json: toJson(entry), text: columns(rows, 'll').join('\n') };
  },
};

const replay: Command = {
  name: 'dead replay',
  arguments: ['id'],
  summary: 'runs a job anew, with all its attempts; "all" for every letter',
  run: async (ctl, { arguments: [id = ''] }) =>
    forEach(ctl, id, async (entry) => {
      const { jobId } = await replayDeadLetter(ctl.bus, ctl.records, entry);
      return `${jobId} is queued again`;
    }),
};

const drop: Command = {
  name: 'dead drop',
  arguments: ['id'],
  summary: 'throws a letter away; "all" for every letter',
  run: async (ctl, { arguments: [id = ''] }) =>
    forEach(ctl, id, async (entry) => {
      await dropDeadLetter(ctl.bus, entry);
      return `letter ${entry.sequence} is gone`;
    }),
};

export const deadCommands: readonly Command[] = [list, show, replay, drop];

const HEAD = ['number', 'job', 'model', 'why', 'tries', 'age', 'message'];
const MESSAGE_SHOWN = 60;

function rowOf({ sequence, letter, job }: DeadEntry): readonly string[] {
  const message = letter.message.replace(/\s+/g, ' ').slice(0, MESSAGE_SHOWN);
  return [
    ...[String(sequence), letter.jobId ?? job?.jobId ?? '–', job?.model ?? '–', letter.code],
    ...[String(letter.attempts), age(letter.deadAt), message],
  ];
}

const toJson = ({ sequence, letter, job }: DeadEntry): object => ({
  number: sequence,
  ...letter,
  job: job ?? null,
});

/** One letter, or all; of all, those that refuse are named and the rest goes on. */
async function forEach(
  { bus }: Ctl,
  id: string,
  act: (entry: DeadEntry) => Promise<string>,
): Promise<{ json: unknown; text: string }> {
  if (id !== ALL) {
    const text = await act(await findDeadLetter(bus, id));
    return { json: { done: text }, text };
  }
  const done: string[] = [];
  for (const entry of await listDeadLetters(bus)) {
    done.push(
      await act(entry).catch(
        (error: unknown) => `letter ${entry.sequence}: ${toPipelineError(error).message}`,
      ),
    );
  }
  return { json: { done }, text: done.length > 0 ? done.join('\n') : 'no dead letters' };
}
