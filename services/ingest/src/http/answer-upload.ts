import type { Context } from 'koa';
import { toPipelineError } from '@whisper/shared/contracts/errors';
import type { Asked, StreamedAnswer, UploadName, WholeAnswer } from '../dialects/dialect.ts';
import { streamText, type StreamText, type TextPiece } from '../submission/stream-text.ts';
import type { Accepted } from '../submission/transcribe-upload.ts';
import { answerInChunks } from './chunked-answer.ts';
import { withoutSecrets } from './error-response.ts';
import { formatSse, SSE_FILLER, SSE_KEEP_ALIVE_MS, SSE_TYPE, type SseMessage } from './sse.ts';
import { waitLimit } from './wait-limit.ts';

export interface AnswerUpload extends StreamText {
  readonly waitMs: number;
  /** An answer in JSON lets its connection be silent for no longer; 0 for as long as it takes. */
  readonly keepAliveMs: number;
  /** Aborts when the drain time is up. */
  readonly giveUp: AbortSignal;
}

export interface AcceptedUpload extends UploadName {
  readonly asked: Asked;
  readonly accepted: Accepted;
  /** None where the text was there and nobody asked for a job. */
  readonly jobId: string | undefined;
}

/** Waits for the transcript of an accepted upload and tells it as was asked. */
export async function answerUpload(
  deps: AnswerUpload,
  ctx: Context,
  { accepted, asked, fileName, jobId }: AcceptedUpload,
): Promise<void> {
  ctx.set('X-Cache', accepted.kind === 'submitted' ? 'miss' : accepted.kind);
  if (jobId !== undefined) ctx.set('X-Job-Id', jobId);
  if (asked.answer.kind === 'whole') ctx.set(asked.answer.headers?.({ fileName }) ?? {});
  if (asked.answer.kind === 'stream') await answerStreamed(deps, ctx, accepted, asked.answer);
  else if (asked.answer.isJson) await answerJson(deps, ctx, accepted, asked.answer);
  else await answerText(deps, ctx, accepted, asked.answer);
}

async function answerText(
  deps: AnswerUpload,
  ctx: Context,
  accepted: Accepted,
  answer: WholeAnswer,
): Promise<void> {
  using limit = waitLimit(ctx.req.socket, deps);
  const { transcript } = await deps.transcriber.answer(accepted, limit.signal);
  const { body, contentType } = answer.render(transcript);
  ctx.set('Content-Type', contentType);
  ctx.body = body;
}

/** White space may come before JSON. */
async function answerJson(
  deps: AnswerUpload,
  ctx: Context,
  accepted: Accepted,
  answer: WholeAnswer,
): Promise<void> {
  async function* chunks(): AsyncGenerator<string, void> {
    using limit = waitLimit(ctx.req.socket, deps);
    yield answer.render((await deps.transcriber.answer(accepted, limit.signal)).transcript).body;
  }
  await answerInChunks(ctx, {
    contentType: 'application/json; charset=utf-8',
    chunks: chunks(),
    isWhole: true,
    filler: '\n',
    everyMs: deps.keepAliveMs,
  });
}

/** Once the head is out, what fails is told in the stream. */
async function answerStreamed(
  deps: AnswerUpload,
  ctx: Context,
  accepted: Accepted,
  answer: StreamedAnswer,
): Promise<void> {
  async function* chunks(): AsyncGenerator<string, void> {
    using limit = waitLimit(ctx.req.socket, deps);
    try {
      for await (const piece of streamText(deps, accepted, limit.signal)) {
        const message = messageOf(answer, piece);
        if (message) yield formatSse(message);
      }
    } catch (error) {
      if (!ctx.headerSent) throw error;
      yield formatSse(answer.error(withoutSecrets(toPipelineError(error))));
    }
  }
  await answerInChunks(ctx, {
    contentType: SSE_TYPE,
    chunks: chunks(),
    isWhole: false,
    filler: SSE_FILLER,
    everyMs: SSE_KEEP_ALIVE_MS,
  });
}

function messageOf(answer: StreamedAnswer, piece: TextPiece): SseMessage | undefined {
  if (piece.kind === 'delta') return answer.delta(piece.text);
  return piece.kind === 'segment' ? answer.segment?.(piece.segment) : answer.done(piece.transcript);
}
