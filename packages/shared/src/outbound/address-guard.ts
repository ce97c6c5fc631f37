import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { PipelineError } from '../contracts/errors.ts';
import { isPublicAddress } from './public-addresses.ts';
import type { AllowList } from './allow-list.ts';

/** Names to addresses; every one of them. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

/** An address of the web whose host was looked up once: what connects goes to these addresses and asks nobody again. */
export interface CheckedUrl {
  readonly url: URL;
  readonly addresses: readonly LookupAddress[];
}

/**
 * Keeps requests that others ask for away from what only this server can reach. The one place where it is decided where
 * this process connects to on a stranger's word.
 */
export interface AddressGuard {
  /** @throws PipelineError `url_refused`, `url_unreachable` when its host is not known; with no part of the address */
  readonly check: (address: string | URL) => Promise<CheckedUrl>;
}

const MAX_LENGTH = 2_048;
const LOOKUP_MS = 5_000;

export const resolveByDns: Resolve = (host) => lookup(host, { all: true });

/** @param allowed what may be reached though it is not public (OUTBOUND_ALLOW) */
export function createAddressGuard(allowed: AllowList, resolve: Resolve = resolveByDns): AddressGuard {
  return {
    check: async (address) => {
      const url = readWebUrl(address);
      const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
      const addresses = isIP(host) ? [{ address: host, family: isIP(host) }] : await lookUp(host, resolve);
      const isFree = (found: LookupAddress): boolean =>
        isPublicAddress(found.address) || allowed.hasAddress(found.address);
      if (addresses.length > 0 && (allowed.hasHost(host) || addresses.every(isFree)))
        return { url, addresses };
      throw new PipelineError('url_refused', 'the address is not one of the public internet');
    },
  };
}

/**
 * An address of the web, in the one form that the WHATWG's parser gives it: `http://0x7f.1` is `http://127.0.0.1` here.
 * @throws PipelineError `url_refused`
 */
export function readWebUrl(address: string | URL): URL {
  const text = String(address);
  const url = text.length <= MAX_LENGTH && URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.hostname === '') throw new PipelineError('url_refused', 'this is no web address');
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  throw new PipelineError('url_refused', 'only http and https are spoken');
}

/** The system's resolver cannot be told to stop: it is left to itself. */
async function lookUp(host: string, resolve: Resolve): Promise<readonly LookupAddress[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer for ${LOOKUP_MS} ms`));
    }, LOOKUP_MS);
  });
  try {
    return await Promise.race([resolve(host), late]);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'ETIMEOUT';
    throw new PipelineError('url_unreachable', `its host is not known (${code})`);
  } finally {
    clearTimeout(timer);
  }
}
