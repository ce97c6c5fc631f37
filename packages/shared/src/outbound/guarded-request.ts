import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { PipelineError } from '../contracts/errors.ts';
import type { AddressGuard, CheckedUrl } from './address-guard.ts';

export interface GuardedRequest {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends it at any time, the reading of the answer included. */
  readonly signal: AbortSignal;
}

/**
 * One request to an address that others named: checked, then connected to exactly what was checked. It follows no
 * redirect and no proxy, keeps no connection, and gives the answer once its head is there.
 * @throws PipelineError `url_refused`, `url_unreachable` without a part of the address; the signal's reason
 */
export async function guardedRequest(
  guard: AddressGuard,
  address: string | URL,
  request: GuardedRequest,
): Promise<http.IncomingMessage> {
  const checked = await guard.check(address);
  request.signal.throwIfAborted();
  try {
    return await send(checked, request);
  } catch (error) {
    request.signal.throwIfAborted();
    throw new PipelineError('url_unreachable', `it does not answer (${codeOf(error)})`);
  }
}

function send(
  { addresses, url }: CheckedUrl,
  { body, headers = {}, method, signal }: GuardedRequest,
): Promise<http.IncomingMessage> {
  const base = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    base
      .request(url, {
        ...{ method, signal, agent: false, lookup: lookupIn(addresses) },
        headers: { 'user-agent': 'WhisperServer', ...headers, ...length },
      })
      .on('error', reject)
      .once('upgrade', (_response, socket) => {
        socket.destroy();
        reject(new Error('it wants to speak something else'));
      })
      .once('response', resolve)
      .end(body);
  });
}

/** Node connects where this says, to one after the other of several; there is no other lookup. */
function lookupIn(addresses: CheckedUrl['addresses']): LookupFunction {
  return (_host, { all }, done) => {
    const [first] = addresses;
    if (all) done(null, [...addresses]);
    else if (first) done(null, first.address, first.family);
    else done(new Error('no address'), '');
  };
}

/** Messages of Node name the address. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'error';
}
