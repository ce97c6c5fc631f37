/** A message of a `text/event-stream`; JSON has no raw line breaks, so one `data` line is enough. */
export interface SseMessage {
  readonly id?: string;
  readonly event?: string;
  readonly data: object;
}

export const SSE_TYPE = 'text/event-stream; charset=utf-8';
/** A comment: readers skip it. */
export const SSE_FILLER = ': still here\n\n';

export function formatSse({ data, event, id }: SseMessage): string {
  const head = `${id === undefined ? '' : `id: ${id}\n`}${event === undefined ? '' : `event: ${event}\n`}`;
  return `${head}data: ${JSON.stringify(data)}\n\n`;
}

/** Proxies cut what is silent for a minute. */
export const SSE_KEEP_ALIVE_MS = 15_000;
