import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { eventually } from './eventually.ts';
import type { ShownJob } from './jobs-api.ts';
import { pacedAudio } from './paced-audio.ts';
import { postForm } from './post-form.ts';
import type { Received, Receiver } from './receiver.ts';
import { webhooksApi, type ShownDelivery } from './webhooks-api.ts';

/** Has services run a helper before themselves. */
export const preload = (file: string): string => `--import ${fileURLToPath(new URL(file, import.meta.url))}`;

interface Asked {
  readonly text: string;
  readonly delayMs?: number;
  readonly hook: string;
  readonly fields?: Readonly<Record<string, string>>;
}

/** @returns the id of a job whose end is to be told */
export async function submitWithWebhook(
  url: string,
  { delayMs = 5, fields = {}, hook, text }: Asked,
): Promise<string> {
  const answer = await postForm(`${url}/jobs`, pacedAudio({ text, delayMs }), {
    fields: { model: 'tiny', webhook_url: hook, ...fields },
  });
  assert.is(answer.status, 202, await answer.clone().text());
  return ((await answer.json()) as ShownJob).jobId;
}

/** The webhook of a job, once it is so. */
export const deliveryWhen = (
  url: string,
  jobId: string,
  is: (delivery: ShownDelivery) => boolean,
): Promise<ShownDelivery> =>
  eventually(async () => {
    const found = await webhooksApi.ofJob(url, jobId);
    return found && is(found) ? found : undefined;
  });

export const firstReceived = async ({ received }: Receiver): Promise<Received> =>
  eventually(() => received[0]);
