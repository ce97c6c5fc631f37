import type { Bus } from '@whisper/shared/bus/connect';
import { busError } from '@whisper/shared/bus/nats-errors';
import { replayStream } from '@whisper/shared/bus/replay-stream';
import type { JobEventData } from '@whisper/shared/contracts/job-event';
import { segmentText, segmentTextsOfJob } from '@whisper/shared/contracts/segment-text';
import { SEGMENTS_STREAM } from '@whisper/shared/contracts/topology';
import type { Transcript } from '@whisper/shared/contracts/transcript';

export type Partial = JobEventData<'partial'>;

/** What the segments of one job say: the events themselves do not tell. */
export interface SegmentTexts {
  /** @returns `undefined` when it is not kept any more */
  readonly textOf: (partial: Partial) => Promise<string | undefined>;
}

const keyOf = ({ attempt, segmentId }: Pick<Partial, 'attempt' | 'segmentId'>): string =>
  `${attempt}.${segmentId}`;

/** Texts while a job runs; those that it has had until now are read in one go when the first is wanted. */
export function runningTexts(bus: Bus, jobId: string): SegmentTexts {
  let known: Promise<Map<string, string>> | undefined;
  return {
    textOf: async (partial) => {
      if (partial.text !== undefined) return partial.text;
      known ??= readTexts(bus, jobId);
      return (await known).get(keyOf(partial)) ?? (await readText(bus, partial));
    },
  };
}

/** Texts of a job that has its result: what is stored says what its last attempt heard. */
export function storedTexts(transcript: Transcript, attempt: number, earlier: SegmentTexts): SegmentTexts {
  const texts = new Map(transcript.segments.map(({ id, text }) => [id, text]));
  return {
    textOf: async (partial) =>
      partial.attempt === attempt ? texts.get(partial.segmentId) : await earlier.textOf(partial),
  };
}

async function readTexts(bus: Bus, jobId: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const range = { stream: SEGMENTS_STREAM, filter: segmentTextsOfJob(jobId), from: 1 };
  for await (const { data } of replayStream(bus, range)) {
    const segment = segmentText.decode(data);
    texts.set(keyOf(segment), segment.text);
  }
  return texts;
}

async function readText(bus: Bus, partial: Partial): Promise<string | undefined> {
  try {
    const last_by_subj = segmentText.subject(partial);
    const found = await bus.manager.streams.getMessage(SEGMENTS_STREAM, { last_by_subj });
    return found ? segmentText.decode(found.data).text : undefined;
  } catch (error) {
    throw busError(error, 'text of a segment');
  }
}
