import type { IncomingMessage } from 'node:http';
import { PipelineError } from '../contracts/errors.ts';
import type { AddressGuard } from './address-guard.ts';
import { guardedRequest } from './guarded-request.ts';

const REDIRECTS = [301, 302, 303, 307, 308];
const MAX_REDIRECTS = 5;

/**
 * Gets what lies at an address, wherever it has moved to; each step is checked as the first was. Names and passwords in
 * the address go to its own host only.
 * @throws PipelineError `url_refused`, `url_unreachable`; the signal's reason
 */
export async function getFollowing(
  guard: AddressGuard,
  address: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  let url: string | URL = address;
  for (let steps = 0; steps <= MAX_REDIRECTS; steps++) {
    const response = await guardedRequest(guard, url, { method: 'GET', headers, signal });
    const next = movedTo(response, url);
    if (next === undefined) return response;
    response.destroy();
    url = next;
  }
  throw new PipelineError('url_unreachable', `it was sent on more than ${MAX_REDIRECTS} times`);
}

function movedTo({ headers, statusCode = 0 }: IncomingMessage, from: string | URL): URL | undefined {
  if (!REDIRECTS.includes(statusCode) || headers.location === undefined) return undefined;
  if (URL.canParse(headers.location, String(from))) return new URL(headers.location, from);
  throw new PipelineError('url_refused', 'it was sent on to what is no address');
}
