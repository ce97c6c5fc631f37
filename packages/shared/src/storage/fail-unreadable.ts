import { z } from 'zod';
import { publishEvent, type EventSource } from '../bus/publish-event.ts';
import { jobIdSchema } from '../contracts/identifiers.ts';
import { isTerminal } from '../contracts/job-record.ts';
import type { JobRecords } from './job-records.ts';

const CODE = 'invalid_message';
const MESSAGE = "the job's message could not be read";
const idSchema = z.object({ jobId: jobIdSchema });
/** Submissions are jobs, work carries one. */
const namedSchema = z.union([idSchema, z.object({ job: idSchema }).transform(({ job }) => job)]);

/** The job of a message that does not parse ends too, where the message at least tells which: nobody waits in vain. */
export async function failUnreadable(
  source: EventSource,
  records: JobRecords,
  data: Uint8Array,
): Promise<void> {
  const named = namedSchema.safeParse(parseJson(data));
  const record = named.success ? await records.get(named.data.jobId) : undefined;
  if (!record || isTerminal(record.state)) return;
  const ended = await records.change({ value: record }, (current) => ({
    ...current,
    state: 'failed',
    finishedAt: new Date().toISOString(),
    error: { code: CODE, message: MESSAGE },
  }));
  const { jobId, resultKey, model, attempts } = ended.value;
  await publishEvent(source, 'failed', { jobId, resultKey, model, code: CODE, message: MESSAGE, attempts });
}

function parseJson(data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(data));
  } catch {
    return undefined; // then it names no job
  }
}
