import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { DEFAULT_TIMEOUT_MS, timedFetch, type HubFile, type HubOptions } from './hub.ts';
import { isVerified, sizeOf } from './verify-file.ts';

const MAX_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 200;

export interface FileDownload {
  readonly file: HubFile;
  readonly url: string;
  readonly target: string;
  readonly onBytes: (receivedBytes: number) => void;
  readonly hub: HubOptions;
}

/**
 * Downloads one file to `target` and verifies it there. Bytes gather in `<target>.part`, which outlives a failure, so
 * that the next attempt, in this process or another, goes on from where it stopped.
 * @throws PipelineError `model_unavailable` for wrong content; the network's last error after five attempts in vain.
 */
export async function downloadFile(download: FileDownload): Promise<void> {
  const { file, target } = download;
  if (await isVerified(target, file)) return;
  const part = `${target}.part`;
  await mkdir(dirname(target), { recursive: true });
  const wasResumed = (await sizeOf(part)) > 0;
  await receiveAll(download, part);
  if (!(await isVerified(part, file))) {
    await rm(part, { force: true });
    // What an earlier run left may belong to another commit: once more, from nothing.
    if (wasResumed) return downloadFile(download);
    throw new PipelineError('model_unavailable', `${file.path} arrived with the wrong size or checksum.`);
  }
  await rename(part, target);
}

/** Goes on from what is there until the file has its size; gives up after several attempts without a new byte. */
async function receiveAll(download: FileDownload, part: string): Promise<void> {
  let size = await sizeOf(part);
  for (let attempt = 1; size < download.file.sizeBytes; attempt += 1) {
    const before = size;
    try {
      await receive(download, part);
    } catch (error) {
      const { signal } = download.hub;
      signal?.throwIfAborted();
      if (error instanceof PipelineError || attempt >= MAX_ATTEMPTS) throw error;
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1), undefined, signal === undefined ? {} : { signal });
    }
    size = await sizeOf(part);
    if (size > before) attempt = 0;
  }
}

/** One request: appends to `part` where the hub honours the range, else starts it afresh. */
async function receive({ file, url, onBytes, hub }: FileDownload, part: string): Promise<void> {
  const offset = await sizeOf(part);
  const stall = stallDetector(hub);
  try {
    const response = await timedFetch(hub)(url, { headers: requestHeaders(offset, hub), signal: stall.signal });
    if (!response.ok || response.body === null) throw await refusal(file, response);
    const resumed = response.status === 206;
    let received = resumed ? offset : 0;
    const meter = async function* (chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
      for await (const chunk of chunks) {
        stall.touch();
        received += chunk.length;
        if (received > file.sizeBytes) throw new Error(`${file.path} is larger than the hub says`);
        onBytes(received);
        yield chunk;
      }
    };
    await pipeline(response.body, meter, createWriteStream(part, { flags: resumed ? 'a' : 'w' }));
  } finally {
    stall.stop();
  }
}

function requestHeaders(offset: number, { hubToken }: HubOptions): Record<string, string> {
  return {
    'accept-encoding': 'identity', // a range counts bytes of the file, not of a compressed copy
    ...(offset > 0 ? { range: `bytes=${offset}-` } : {}),
    ...(hubToken === undefined ? {} : { authorization: `Bearer ${hubToken}` }),
  };
}

/** Aborts when no byte has come for as long as the hub may take to answer. */
function stallDetector({ hubTimeoutMs = DEFAULT_TIMEOUT_MS }: HubOptions): {
  readonly signal: AbortSignal;
  readonly touch: () => void;
  readonly stop: () => void;
} {
  const abort = new AbortController();
  const timer = setTimeout(() => {
    abort.abort(new Error(`no bytes for ${hubTimeoutMs} ms`));
  }, hubTimeoutMs);
  return {
    signal: abort.signal,
    touch: () => timer.refresh(),
    stop: () => {
      clearTimeout(timer);
    },
  };
}

/** What the hub refuses stays refused; what it fails at may be tried again. */
async function refusal(file: HubFile, response: Response): Promise<Error> {
  await response.body?.cancel();
  const message = `the hub answered ${response.status} for ${file.path}`;
  const isFinal = response.status < 500 && response.status !== 429 && response.status !== 408;
  return isFinal ? new PipelineError('model_unavailable', message) : new Error(message);
}
