import { Readable } from 'node:stream';
import { PipelineError, toPipelineError } from '@whisper/shared/contracts/errors';
import type { AddressGuard } from '@whisper/shared/outbound/address-guard';
import { getFollowing } from '@whisper/shared/outbound/follow-redirects';
import type { BlobStore } from '@whisper/shared/storage/blob-store';
import { readStoreAddress } from './store-address.ts';

export interface FetchAudio {
  /** URL_INPUT */
  readonly isOn: boolean;
  readonly guard: AddressGuard;
  readonly blobs: BlobStore;
  /** Of the configured S3; without one `s3://` is refused. */
  readonly bucket?: string;
  readonly maxBytes: number;
  /** Of the whole. */
  readonly timeoutMs: number;
  /** Without a byte. */
  readonly idleMs: number;
}

/** What lies at an address, as it comes; dispose to hang up. Whatever fails is an error of the field `url`. */
export interface FetchedAudio extends Disposable {
  readonly stream: Readable;
}

const FIELD = 'url';

/**
 * Opens the audio that a request names by its address.
 * @param signal ends it when its sender has gone
 * @throws PipelineError `url_refused`, `url_unreachable`, `url_too_large`, each with the field `url`, as does its stream;
 *   the signal's reason
 */
export async function fetchAudio(
  deps: FetchAudio,
  url: string,
  tenant: string,
  signal: AbortSignal,
): Promise<FetchedAudio> {
  if (!deps.isOn) throw ofField(new PipelineError('url_refused', 'this server takes files only'));
  const limit = timeLimit(deps, signal);
  try {
    const source = url.startsWith('s3:')
      ? await deps.blobs.open(readStoreAddress(url, deps.bucket, tenant))
      : await overHttp(deps, url, limit.signal);
    limit.signal.addEventListener('abort', () => source.destroy(), { once: true });
    limit.heard();
    const stream = Readable.from(bounded(source, deps.maxBytes, limit), { objectMode: false });
    return {
      stream,
      [Symbol.dispose]: () => {
        limit[Symbol.dispose]();
        source.destroy();
      },
    };
  } catch (error) {
    limit[Symbol.dispose]();
    throw ofField(limit.signal.aborted ? limit.signal.reason : error);
  }
}

async function overHttp(deps: FetchAudio, url: string, signal: AbortSignal): Promise<Readable> {
  // What was packed for the way could be far larger than what came.
  const response = await getFollowing(deps.guard, url, { 'accept-encoding': 'identity' }, signal);
  const { 'content-encoding': encoding = 'identity', 'content-length': length = '0' } = response.headers;
  try {
    if (response.statusCode !== 200) throw unreachable(`it answers with ${response.statusCode ?? 0}`);
    if (encoding !== 'identity') throw unreachable('it comes packed');
    if (Number(length) > deps.maxBytes) throw tooLarge(deps.maxBytes);
    return response;
  } catch (error) {
    response.destroy();
    throw error;
  }
}

async function* bounded(source: Readable, maxBytes: number, limit: TimeLimit): AsyncGenerator<Buffer, void> {
  let bytes = 0;
  try {
    for await (const chunk of source) {
      bytes += (chunk as Buffer).length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      limit.heard();
      yield chunk as Buffer;
    }
  } catch (error) {
    if (limit.signal.aborted) throw ofField(limit.signal.reason);
    throw error instanceof PipelineError ? ofField(error) : ofField(unreachable('it broke off'));
  }
}

interface TimeLimit extends Disposable {
  readonly signal: AbortSignal;
  readonly heard: () => void;
}

function timeLimit({ idleMs, timeoutMs }: FetchAudio, sender: AbortSignal): TimeLimit {
  const limit = new AbortController();
  const gone = (): void => {
    limit.abort(sender.reason);
  };
  const late = (what: string) => (): void => {
    limit.abort(unreachable(what));
  };
  sender.addEventListener('abort', gone, { once: true });
  if (sender.aborted) gone();
  const whole = setTimeout(late(`it took longer than ${timeoutMs / 1000} s`), timeoutMs);
  const idle = setTimeout(late(`nothing came for ${idleMs / 1000} s`), idleMs);
  return {
    signal: limit.signal,
    heard: () => idle.refresh(),
    [Symbol.dispose]: () => {
      clearTimeout(whole);
      clearTimeout(idle);
      sender.removeEventListener('abort', gone);
    },
  };
}

const unreachable = (message: string): PipelineError => new PipelineError('url_unreachable', message);
const tooLarge = (maxBytes: number): PipelineError =>
  new PipelineError('url_too_large', `the limit is ${maxBytes} bytes`);

/** Told as an error of the request, where it is one; the cause may name the address and is left out. */
function ofField(error: unknown): PipelineError {
  const known = toPipelineError(error);
  if (known.code === 'audio_missing') return ofField(unreachable('there is nothing at this address'));
  if (known.field !== undefined || !known.code.startsWith('url_')) return known;
  return new PipelineError(known.code, `${FIELD}: ${known.message}`, { field: FIELD });
}
