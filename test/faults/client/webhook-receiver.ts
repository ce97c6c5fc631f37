import type { ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { eventually } from '../../helpers/eventually.ts';
import { startReceiver, type Received, type Receiver } from '../../helpers/receiver.ts';

/** How it takes what it is told: it takes it, nobody listens on its port, it answers 500, or it never answers. */
export type Mood = 'listening' | 'away' | 'failing' | 'hanging';

/** One request that came. */
export interface Told {
  readonly webhookId: string;
  readonly jobId: string;
  readonly end: ToldEnd;
  readonly isSigned: boolean;
  /** It was answered with 204: who tells it is done. */
  readonly isTaken: boolean;
  readonly atMs: number;
}

export interface ToldEnd {
  readonly state: string;
  readonly text?: string | undefined;
  readonly code?: string | undefined;
}

/** Whom the webhooks of jobs go to: a server of the client's own, which may be made to misbehave. */
export interface WebhookReceiver extends AsyncDisposable {
  readonly url: string;
  readonly become: (mood: Mood) => Promise<void>;
  readonly told: () => readonly Told[];
}

/** @param secret as the server gives it to whoever receives its webhooks */
export async function startWebhookReceiver(secret: string): Promise<WebhookReceiver> {
  const told: Told[] = [];
  const webhook = new Webhook(secret);
  let mood: Mood = 'listening';
  let receiver: Receiver | undefined;
  const answer = (response: ServerResponse): void => {
    const received = receiver?.received.at(-1); // what this answers: it is told of in the same breath
    if (received) told.push({ ...readTold(received, webhook), isTaken: mood === 'listening' });
    if (mood !== 'hanging') response.writeHead(mood === 'listening' ? 204 : 500).end();
  };
  receiver = await startReceiver(answer);
  const { port, url } = receiver;
  const close = async (): Promise<void> => {
    await receiver?.[Symbol.asyncDispose]();
    receiver = undefined;
  };
  return {
    url,
    become: async (next) => {
      mood = next;
      if (mood === 'away') await close();
      else receiver ??= await eventually(() => startReceiver(answer, port));
    },
    told: () => told,
    [Symbol.asyncDispose]: close,
  };
}

const bodySchema = z.object({
  id: z.string(),
  type: z.string(),
  data: z.object({
    id: z.string(),
    state: z.string(),
    text: z.string().optional(),
    error: z.object({ code: z.string() }).optional(),
  }),
});

function readTold({ body, headers }: Received, webhook: Webhook): Omit<Told, 'isTaken'> {
  const { data, id, type } = bodySchema.parse(JSON.parse(body));
  return {
    ...{ webhookId: id, jobId: data.id, atMs: Date.now() },
    end: { state: type.replace('whisper.job.', ''), text: data.text, code: data.error?.code },
    isSigned: headers['webhook-id'] === id && isSigned({ body, headers }, webhook),
  };
}

/** By the library that receivers use; how old it may be is left out, since clocks are among what is broken. */
function isSigned({ body, headers }: Received, webhook: Webhook): boolean {
  const signedAt = new Date(Number(headers['webhook-timestamp']) * 1_000);
  const signatures = headers['webhook-signature']?.split(' ') ?? [];
  return signatures.includes(webhook.sign(headers['webhook-id'] ?? '', signedAt, body));
}
