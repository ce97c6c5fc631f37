import { z } from 'zod';

export interface SseEvent {
  readonly id?: string;
  readonly event?: string;
  readonly data: unknown;
}

const jobEventSchema = z.object({
  type: z.string(),
  data: z.looseObject({ text: z.string().optional(), attempt: z.number().optional() }),
});
export type ToldJobEvent = z.infer<typeof jobEventSchema> & { readonly id: string | undefined };

/** Reads server-sent events as they come; an event counts only when its blank line has come. */
export async function* readSse(response: Response): AsyncGenerator<SseEvent, void> {
  if (!response.body) return;
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const event = parseEvent(text.slice(0, end));
      text = text.slice(end + 2);
      if (event) yield event;
    }
  }
}

function parseEvent(block: string): SseEvent | undefined {
  const fields = new Map(
    block.split('\n').map((line) => [line.split(':')[0] ?? '', line.replace(/^[^:]*: ?/, '')]),
  );
  const data = fields.get('data');
  if (data === undefined) return undefined; // a comment, or when to come back
  const id = fields.get('id');
  const event = fields.get('event');
  return { data: JSON.parse(data), ...(id !== undefined && { id }), ...(event !== undefined && { event }) };
}

/** `GET /jobs/:id/events` to its end, or to where it is cut. */
export async function* readJobEvents(
  url: string,
  jobId: string,
  { lastEventId, signal }: { lastEventId?: string; signal?: AbortSignal } = {},
): AsyncGenerator<ToldJobEvent, void> {
  const response = await fetch(`${url}/jobs/${jobId}/events`, {
    headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
    ...(signal && { signal }),
  });
  if (response.status !== 200) throw new Error(`answered with ${response.status}`);
  for await (const { data, id } of readSse(response)) yield { ...jobEventSchema.parse(data), id };
}

/** What a reader has at the end who begins anew when an attempt begins. */
export function joinedText(events: readonly ToldJobEvent[]): string {
  let text = '';
  for (const { data, type } of events) {
    if (type === 'whisper.job.started') text = '';
    if (type === 'whisper.job.partial') text += data.text ?? '';
  }
  return text.trim();
}
