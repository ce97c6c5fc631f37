import http from 'node:http';
import https, { type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';

const REQUEST_TIMEOUT_MS = 2000;

export interface ServerAnswer {
  readonly isOk: boolean;
  readonly body: string;
}

/** Whose certificate is believed, as Node's TLS has it. */
export type Trust = Pick<RequestOptions, 'ca' | 'allowPartialTrustChain' | 'rejectUnauthorized'>;

/** Who asks whether a process of its own is ready need not be told who that is: its certificate may be for another name. */
const ANYBODY: Trust = { rejectUnauthorized: false };

/**
 * One GET to a server of ours, by http or https.
 * @throws Error when it does not answer within 2 s, or is not trusted
 */
export async function askServer(url: string, trust: Trust = ANYBODY): Promise<ServerAnswer> {
  const { request } = new URL(url).protocol === 'https:' ? https : http;
  const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  return new Promise((resolve, reject) => {
    const asked = request(url, { ...trust, agent: false, signal }, (response) => {
      text(response).then((body) => {
        resolve({ isOk: response.statusCode === 200, body });
      }, reject);
    });
    asked.on('error', reject);
    asked.end();
  });
}
