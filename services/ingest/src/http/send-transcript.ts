import type { Context } from 'koa';
import type { Transcript } from '@whisper/shared/contracts/transcript';

/** A transcript as the answer to a request, whether it waited for it or came back for it. */
export function sendTranscript(ctx: Context, { text }: Transcript): void {
  ctx.body = { text };
}
