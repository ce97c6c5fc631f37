import { createHmac, randomBytes } from 'node:crypto';

/** Of a secret as receivers know it. */
const PREFIX = 'whsec_';

export interface SignedWebhook {
  readonly id: string;
  readonly timestampSeconds: number;
  readonly body: string;
}

export function newSecret(): string {
  return PREFIX + randomBytes(32).toString('base64');
}

/**
 * Headers of the Standard Webhooks specification (github.com/standard-webhooks/standard-webhooks): one signature a
 * secret, so that a receiver that knows the old or the new one is content.
 */
export function signatureHeaders(
  { body, id, timestampSeconds }: SignedWebhook,
  secrets: readonly string[],
): Readonly<Record<string, string>> {
  const signed = `${id}.${timestampSeconds}.${body}`;
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': signatures.join(' '),
  };
}
