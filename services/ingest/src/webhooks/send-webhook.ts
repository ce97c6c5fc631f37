import type { IncomingMessage } from 'node:http';
import { toPipelineError } from '@whisper/shared/contracts/errors';
import type { AddressGuard } from '@whisper/shared/outbound/address-guard';
import { guardedRequest } from '@whisper/shared/outbound/guarded-request';
import type { Outcome } from '@whisper/shared/webhooks/delivery-states';

/** Of the whole exchange. */
const TIMEOUT_MS = 10_000;
/** Of an answer, which nobody needs: what is longer is cut off. */
const MAX_ANSWER_BYTES = 64 * 1024;
const GONE = 410;

export interface WebhookPost {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** We are stopping. */
  readonly stop: AbortSignal;
}

/** One attempt. Any 2xx is a yes; a redirect is none, and is not followed. Never throws. */
export async function sendWebhook(
  guard: AddressGuard,
  { body, headers, stop, url }: WebhookPost,
): Promise<Outcome> {
  const limit = new AbortController();
  const end = (): void => {
    limit.abort();
  };
  const timer = setTimeout(end, TIMEOUT_MS);
  stop.addEventListener('abort', end, { once: true });
  if (stop.aborted) end();
  try {
    const response = await guardedRequest(guard, url, {
      ...{ method: 'POST', body, signal: limit.signal },
      headers: { ...headers, 'content-type': 'application/json' },
    });
    await readSome(response);
    return outcomeOf(response.statusCode ?? 0);
  } catch (error) {
    if (stop.aborted) return { kind: 'given-back' };
    return { kind: 'failed', error: limit.signal.aborted ? 'timeout' : toPipelineError(error).code };
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', end);
  }
}

/** Lets a receiver finish a short answer; whether it does changes nothing, its status has come. */
async function readSome(response: IncomingMessage): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of response) {
      bytes += (chunk as Buffer).length;
      if (bytes > MAX_ANSWER_BYTES) return; // which hangs up
    }
  } catch {
    // broken off, by the receiver or by our limit in time
  }
}

function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return { kind: 'delivered', status };
  if (status === GONE) return { kind: 'gone', status };
  return { kind: 'failed', status, error: status >= 300 && status < 400 ? 'redirected' : 'status' };
}
