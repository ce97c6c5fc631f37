import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FindOptions } from './find-server.ts';

const ANSWER_TIMEOUT_MS = 5000;
const STALL_TIMEOUT_MS = 30_000;

/** Downloads a file and returns the SHA-256 of what was written, in hex. */
export async function downloadFile(url: string, path: string, options: FindOptions): Promise<string> {
  const watchdog = new AbortController();
  const stalled = setTimeout(() => {
    watchdog.abort(new Error(`${url} sends nothing`));
  }, STALL_TIMEOUT_MS);
  try {
    const body = await openDownload(url, watchdog, options.signal);
    const hash = createHash('sha256');
    const source = Readable.from(body).on('data', (chunk: Uint8Array) => {
      hash.update(chunk);
      stalled.refresh();
    });
    await pipeline(source, createWriteStream(path));
    return hash.digest('hex');
  } finally {
    clearTimeout(stalled);
  }
}

/** The time limit covers the way to the first byte only: a closed network must cost little. */
async function openDownload(
  url: string,
  watchdog: AbortController,
  signal: AbortSignal | undefined,
): Promise<ReadableStream<Uint8Array>> {
  const unanswered = setTimeout(() => {
    watchdog.abort(new Error(`no answer within ${ANSWER_TIMEOUT_MS / 1000} s`));
  }, ANSWER_TIMEOUT_MS);
  try {
    const signals = signal ? [watchdog.signal, signal] : [watchdog.signal];
    const response = await fetch(url, { signal: AbortSignal.any(signals) });
    if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status}`);
    return response.body;
  } finally {
    clearTimeout(unanswered);
  }
}
