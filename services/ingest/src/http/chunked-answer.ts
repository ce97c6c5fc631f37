import { Readable } from 'node:stream';
import type { Context } from 'koa';
import { pause } from '@whisper/shared/kit/pause';

export interface ChunkedAnswer {
  readonly contentType: string;
  readonly chunks: AsyncGenerator<string, void>;
  /** There is one chunk: in time, it is an ordinary body with its length. */
  readonly isWhole: boolean;
  /** What means nothing to the reader and keeps the connection alive. */
  readonly filler: string;
  /** Silence is broken this often; 0 for never. */
  readonly everyMs: number;
}

/**
 * Answers piece by piece. The head waits for the first piece, so that what fails before it is an ordinary error
 * with its status; at the longest for one interval, after which a filler says that the answer is on its way. What fails
 * later breaks the connection off: a reader must not take half an answer for a whole one.
 */
export async function answerInChunks(ctx: Context, answer: ChunkedAnswer): Promise<void> {
  const { chunks, contentType, everyMs, isWhole } = answer;
  const next = chunks.next();
  const first = await firstOf(next, everyMs);
  ctx.set('Content-Type', contentType);
  if (isWhole && first) {
    ctx.body = first.value ?? '';
    await chunks.return();
    return;
  }
  ctx.set('Cache-Control', 'no-store');
  ctx.set('X-Accel-Buffering', 'no'); // nginx would keep pieces back
  // A reader that goes leaves the chunks where they are: they must let go of what they hold.
  ctx.res.once('close', () => void chunks.return().catch(() => undefined));
  ctx.body = Readable.from(keptAlive(answer, first, next), { objectMode: false });
}

type Piece = IteratorResult<string, void>;

async function* keptAlive(
  { chunks, everyMs, filler }: ChunkedAnswer,
  first: Piece | undefined,
  pending: Promise<Piece>,
): AsyncGenerator<string, void> {
  let next = pending;
  for (let piece = first; ; piece = await firstOf(next, everyMs)) {
    if (piece?.done) return;
    yield piece?.value ?? filler;
    if (piece) next = chunks.next();
  }
}

/** @returns `undefined` when the time is over first */
async function firstOf<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  if (ms === 0) return work;
  const over = new AbortController();
  try {
    return await Promise.race([work, pause(ms, over.signal).then(() => undefined)]);
  } finally {
    over.abort();
  }
}
