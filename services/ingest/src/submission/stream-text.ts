import { PipelineError } from '@whisper/shared/contracts/errors';
import type { Transcript } from '@whisper/shared/contracts/transcript';
import { followJob, type FollowJob } from '../events/follow-job.ts';
import { createGrowingText, type GrowingText } from '../events/growing-text.ts';
import { runningTexts } from '../events/segment-texts.ts';
import type { Accepted, Transcriber } from './transcribe-upload.ts';

export interface StreamText extends FollowJob {
  readonly transcriber: Transcriber;
}

export type TextPiece =
  | { readonly kind: 'delta'; readonly text: string }
  | { readonly kind: 'done'; readonly transcript: Transcript };

/**
 * The text of an accepted upload as it grows, and the transcript at the end. The deltas, joined, are the transcript's
 * text, also when an attempt died and was repeated.
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
  if (accepted.kind !== 'hit') yield* grow(deps, accepted.jobId, growing, signal);
  const { transcript } = await answering;
  const rest = growing.finish(transcript.text);
  if (rest === undefined) {
    throw new PipelineError('transcript_changed', 'a repeated attempt heard something else: ask again');
  }
  if (rest !== '') yield { kind: 'delta', text: rest };
  yield { kind: 'done', transcript };
}

async function* grow(
  deps: StreamText,
  jobId: string,
  growing: GrowingText,
  signal: AbortSignal,
): AsyncGenerator<TextPiece, void> {
  const texts = runningTexts(deps.bus, jobId);
  for await (const { event } of followJob(deps, jobId, 0, signal)) {
    if (event.type !== 'whisper.job.partial') continue;
    const text = growing.add({ ...event.data, text: await texts.textOf(event.data) });
    if (text !== '') yield { kind: 'delta', text };
  }
}
