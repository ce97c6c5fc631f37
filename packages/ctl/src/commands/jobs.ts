import { askPosition } from '@whisper/shared/bus/ask-scheduler';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { JOB_STATES, type JobRecord, type JobState } from '@whisper/shared/contracts/job-record';
import { cancelJob } from '@whisper/shared/jobs/cancel-job';
import { listJobs } from '@whisper/shared/jobs/list-jobs';
import type { Command, Ctl } from '../command.ts';
import { readNumber, readStates } from '../read-options.ts';
import { columns } from '../text/columns.ts';
import { age, duration } from '../text/duration.ts';
import type { Paint } from '../text/paint.ts';

const list: Command = {
  name: 'jobs list',
  arguments: [],
  options: {
    state: { type: 'string', means: `one or more of ${JOB_STATES.join(', ')}` },
    model: { type: 'string', means: 'only jobs of this model' },
    limit: { type: 'string', means: 'how many at the most (20)' },
    after: { type: 'string', means: 'go on after a page: its "next"' },
  },
  summary: 'jobs, the latest changed first',
  run: async ({ bus, paint }, { option }) => {
    const { jobs, next } = await listJobs(bus, {
      states: readStates(JOB_STATES, option('state')),
      model: option('model'),
      limit: readNumber('limit', option('limit') ?? '20'),
      ...(option('after') && { before: readNumber('after', option('after') ?? '') }),
    });
    const lines = columns([HEAD.map(paint.quiet), ...jobs.map((job) => rowOf(job, paint))], 'llllrll');
    const more = next === undefined ? [] : [paint.quiet(`more: --after ${next}`)];
    return { json: { jobs, next: next ?? null }, text: [...lines, ...more].join('\n') };
  },
};

const show: Command = {
  name: 'jobs show',
  arguments: ['id'],
  summary: 'one job, with its place in the queue',
  run: async (ctl, { arguments: [jobId = ''] }) => {
    const record = await findRecord(ctl, jobId);
    const place = record.finishedAt === undefined ? await askPosition(ctl.bus, jobId) : undefined;
    const facts: [string, string | undefined][] = [
      ['job', record.jobId],
      ['state', paintState(record.state, ctl.paint)],
      ['model', `${record.model} (${record.modelClass})`],
      ['lane', record.lane ?? place?.lane],
      ['position', place && String(place.position)],
      ['text in', place?.etaSeconds === undefined ? undefined : duration(place.etaSeconds)],
      ['attempts', String(record.attempts)],
      ['worker', record.workerId],
      ['submitted', record.submittedAt],
      ['started', record.startedAt],
      ['finished', record.finishedAt],
      ['error', record.error && `${record.error.code}: ${record.error.message}`],
    ];
    const rows = facts.flatMap(([name, value]) =>
      value === undefined ? [] : [[ctl.paint.quiet(name), value]],
    );
    return { json: { ...record, place: place ?? null }, text: columns(rows, 'll').join('\n') };
  },
};

const cancel: Command = {
  name: 'jobs cancel',
  arguments: ['id'],
  summary: 'ends a job that has not ended, waiting or running',
  run: async ({ bus, records }, { arguments: [jobId = ''] }) => {
    const record = await cancelJob({ bus, name: 'ctl' }, records, jobId);
    return { json: record, text: `${jobId} is cancelled` };
  },
};

export const jobCommands: readonly Command[] = [list, show, cancel];

const HEAD = ['job', 'state', 'model', 'lane', 'tries', 'age', 'error'];

function rowOf(job: JobRecord, paint: Paint): readonly string[] {
  const { jobId, state, model, lane = '–', attempts, submittedAt, error } = job;
  return [
    jobId,
    paintState(state, paint),
    model,
    lane,
    String(attempts),
    age(submittedAt),
    error?.code ?? '',
  ];
}

function paintState(state: JobState, paint: Paint): string {
  if (state === 'failed') return paint.bad(state);
  return state === 'completed' ? paint.good(state) : state;
}

async function findRecord({ records }: Ctl, jobId: string): Promise<JobRecord> {
  const record = await records.get(jobId);
  if (record) return record;
  throw new PipelineError('unknown_job', `there is no job "${jobId}"`);
}
