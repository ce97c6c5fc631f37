import type { KeyScope } from '@whisper/shared/contracts/api-key';

/** Told to anybody: probes of orchestrators, and what this server is. */
const OPEN_PATHS = ['/livez', '/readyz', '/health', '/openapi.json', '/docs'];
/** Told to whoever has a key, whatever it may do. */
const ANY_SCOPE = /^\/(?:v1\/models(?:\/.*)?|usage)$/;

/**
 * What a request's key must be able to do. It follows from the method, so that a route that is added later is never
 * open by mistake.
 * @returns `nothing` for what is told to anybody, `any` for what every key may
 */
export function neededScope(method: string, path: string): KeyScope | 'any' | 'nothing' {
  if (method === 'GET' || method === 'HEAD') {
    if (OPEN_PATHS.includes(path)) return 'nothing';
    return ANY_SCOPE.test(path) ? 'any' : 'read';
  }
  return method === 'DELETE' ? 'erase' : 'transcribe';
}
