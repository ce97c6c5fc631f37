import type { IncomingMessage } from 'node:http';

const BEARER = /^bearer +(\S+) *$/i;

/**
 * The key that a request shows: `Authorization: Bearer`, as OpenAI's clients send it, or `X-API-Key`. Other kinds of
 * authorization are meant for somebody on the way, and are none.
 */
export function shownKey({ headers }: IncomingMessage): string | undefined {
  const [, bearer] = BEARER.exec(headers.authorization ?? '') ?? [];
  if (bearer !== undefined) return bearer;
  const given = headers['x-api-key'];
  return typeof given === 'string' && given !== '' ? given : undefined;
}
