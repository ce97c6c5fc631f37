import { keylessCaller, type Caller } from './caller.ts';

export interface KeySettings {
  readonly HOST: string;
  readonly API_KEYS?: 'required' | 'off' | undefined;
  readonly ALLOW_OPEN_ACCESS: boolean;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i;

/**
 * Who may come without a key: on loopback anybody; elsewhere nobody, unless it was said that they may.
 * @returns `undefined` where a key is required
 */
export function keylessBy(settings: KeySettings): Caller | undefined {
  const isLocal = LOOPBACK.test(settings.HOST);
  const isOpen = settings.API_KEYS === 'off' || (settings.API_KEYS === undefined && isLocal);
  return isOpen ? keylessCaller(isLocal) : undefined;
}

/** @returns why these settings would open the server to a network by accident, if so */
export function openByAccident({ ALLOW_OPEN_ACCESS, API_KEYS, HOST }: KeySettings): string | undefined {
  if (API_KEYS !== 'off' || LOOPBACK.test(HOST) || ALLOW_OPEN_ACCESS) return undefined;
  return (
    `API_KEYS=off with HOST=${HOST} would serve everybody who can reach it: leave API_KEYS out, so that keys are ` +
    'required there, or set ALLOW_OPEN_ACCESS=true when something else guards this port'
  );
}
