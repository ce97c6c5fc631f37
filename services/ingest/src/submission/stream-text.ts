import { PipelineError } from '@whisper/shared/contracts/errors';
import type { Segment, Transcript } from '@whisper/shared/contracts/transcript';
import { followJob, type FollowJob } from '../events/follow-job.ts';
import { createGrowingText, type HeardSegment } from '../events/growing-text.ts';
import { runningTexts } from '../events/segment-texts.ts';
import type { Accepted, Transcriber } from './transcribe-upload.ts';

export interface StreamText extends FollowJob {
  readonly transcriber: Transcriber;
}

export type TextSegment = Pick<Segment, 'id' | 'startSeconds' | 'endSeconds' | 'text'>;

export type TextPiece =
  | { readonly kind: 'delta'; readonly text: string }
  | { readonly kind: 'segment'; readonly segment: TextSegment }
  | { readonly kind: 'done'; readonly transcript: Transcript };

/**
 * The text of an accepted upload as it grows, each segment after its text, and the transcript at the end. The deltas,
 * joined, are the transcript's text, also when an attempt died and was repeated.
 * @throws PipelineError what made the job fail; `transcript_changed` when a repeated attempt heard something else
 */
export async function* streamText(
  deps: StreamText,
  accepted: Accepted,
  signal: AbortSignal,
): AsyncGenerator<TextPiece, void> {
  const growing = createGrowingText();
  const answering = deps.transcriber.answer(accepted, signal);
  answering.catch(() => undefined); // it is awaited below
  let told = 0;
  if (accepted.kind !== 'hit') {
    for await (const { more, segments } of grow(deps, accepted.jobId, signal)) {
      const text = growing.add(more);
      if (text !== '') yield { kind: 'delta', text };
      for (; told < growing.toldSegments(); told++) yield* segmentPiece(segments.get(told));
    }
  }
  const { transcript } = await answering;
  const rest = growing.finish(transcript.text);
  if (rest === undefined) {
    throw new PipelineError('transcript_changed', 'a repeated attempt heard something else: ask again');
  }
  if (rest !== '') yield { kind: 'delta', text: rest };
  for (const segment of transcript.segments.slice(told)) yield* segmentPiece(segment);
  yield { kind: 'done', transcript };
}

function* segmentPiece(segment: TextSegment | undefined): Generator<TextPiece, void> {
  if (segment) yield { kind: 'segment', segment };
}

interface Grown {
  readonly more: HeardSegment;
  /** All that were heard so far, by their ids, as the latest attempt has them. */
  readonly segments: ReadonlyMap<number, TextSegment>;
}

async function* grow(deps: StreamText, jobId: string, signal: AbortSignal): AsyncGenerator<Grown, void> {
  const texts = runningTexts(deps.bus, jobId);
  const segments = new Map<number, TextSegment>();
  for await (const { event } of followJob(deps, jobId, 0, signal)) {
    if (event.type !== 'whisper.job.partial') continue;
    const { segmentId: id, startSeconds, endSeconds } = event.data;
    const text = await texts.textOf(event.data);
    if (text !== undefined) segments.set(id, { id, startSeconds, endSeconds, text });
    yield { more: { ...event.data, text }, segments };
  }
}
