import { z } from 'zod';
import type { Accepted, Expected } from './ledger.ts';
import { countOf, type JobHistories } from './job-histories.ts';
import { inParallel } from '../../bench/measure.ts';

const WIDTH = 16;
const ENDS = ['completed', 'failed', 'cancelled'] as const;

/** What became of the jobs that were accepted. */
export interface Verdict {
  /** Accepted, and without the end that they were promised. */
  readonly lost: readonly string[];
  /** With more ends than one. */
  readonly doubled: readonly string[];
  /** Each job's end, to be compared with a later look. */
  readonly ends: ReadonlyMap<string, string>;
}

const jobSchema = z.object({
  state: z.string(),
  finishedAt: z.string().nullable(),
  error: z.object({ code: z.string() }).nullable(),
});
const ERASED = 'erased';
const GONE = 410;
const textSchema = z.object({ text: z.string() });

/** Looks every accepted job up over HTTP, and its history in the stream of events. */
export async function judgeJobs(
  url: string,
  accepted: readonly Accepted[],
  histories: JobHistories,
): Promise<Verdict> {
  const [lost, doubled]: [string[], string[]] = [[], []];
  const ends = new Map<string, string>();
  await inParallel(accepted.length, WIDTH, async (n) => {
    const entry = accepted[n];
    if (!entry) return;
    const end = await endOf(url, entry.jobId);
    ends.set(entry.jobId, JSON.stringify(end));
    const wrong = whatIsWrong(entry, end);
    if (wrong) lost.push(`${entry.number} ${entry.jobId}: ${wrong}`);
    const told = toldEnds(histories, entry.jobId);
    if (told.length > 1) doubled.push(`${entry.number} ${entry.jobId}: ${told.join(', ')}`);
  });
  return { lost, doubled, ends };
}

interface End {
  readonly state: string;
  readonly finishedAt: string | null;
  readonly text?: string;
  readonly code?: string;
}

async function endOf(url: string, jobId: string): Promise<End> {
  const job = await read(`${url}/jobs/${jobId}`);
  if (job === undefined) return { state: ERASED, finishedAt: null };
  const { state, finishedAt, error } = jobSchema.parse(job);
  if (state !== 'completed') return { state, finishedAt, ...(error && { code: error.code }) };
  const { text } = textSchema.parse(await read(`${url}/jobs/${jobId}/result`));
  return { state, finishedAt, text };
}

/** @returns `undefined` for what was erased */
async function read(url: string): Promise<unknown> {
  const response = await fetch(url);
  const body: unknown = await response.json();
  if (response.status === GONE) return undefined;
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${JSON.stringify(body)}`);
  return body;
}

function whatIsWrong({ expected }: Accepted, end: End): string | undefined {
  return isRight(expected, end) ? undefined : `${JSON.stringify(end)} instead of ${JSON.stringify(expected)}`;
}

/** Whether a job ended as it had to. */
export function isRight(
  expected: Expected,
  {
    code,
    state,
    text,
  }: { readonly state: string; readonly text?: string | undefined; readonly code?: string | undefined },
): boolean {
  if ('text' in expected) return state === 'completed' && text === expected.text;
  if ('erased' in expected) return state === ERASED;
  if ('code' in expected) return state === 'failed' && code === expected.code;
  return expected.oneOf.includes(code ?? state);
}

/** A job that was answered from the cache has no events; any other has one end. */
function toldEnds(histories: JobHistories, jobId: string): readonly string[] {
  const history = histories.of(jobId);
  return ENDS.flatMap((kind) => Array.from({ length: countOf(history, kind) }, () => kind));
}
