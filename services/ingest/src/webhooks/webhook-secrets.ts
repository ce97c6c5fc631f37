import type { Bus } from '@whisper/shared/bus/connect';
import { BUCKETS } from '@whisper/shared/contracts/topology';
import { webhookSecretsSchema, type WebhookSecrets } from '@whisper/shared/contracts/webhook';
import { openJsonBucket } from '@whisper/shared/storage/json-bucket';
import { newSecret } from './sign-webhook.ts';

/** After a rotation the former secret signs beside the new one for this long. */
const OVERLAP_MS = 24 * 3_600_000;

/** What each tenant's webhooks are signed with: made when it is first needed, kept for ever, rotated by request. */
export interface SigningSecrets {
  /** Those in force, the newest first. */
  readonly of: (tenant: string) => Promise<readonly string[]>;
  /** @returns those in force now */
  readonly rotate: (tenant: string) => Promise<readonly string[]>;
}

export async function openSigningSecrets(bus: Bus, now: () => number): Promise<SigningSecrets> {
  const bucket = await openJsonBucket(bus, BUCKETS.webhookSecrets.name, webhookSecretsSchema);
  const change = async (
    tenant: string,
    make: (found: WebhookSecrets | undefined) => WebhookSecrets,
  ): Promise<WebhookSecrets> => {
    for (;;) {
      const found = await bucket.get(tenant);
      const value = make(found?.value);
      if (value === found?.value) return value;
      const written = found
        ? await bucket.update(tenant, value, found.revision)
        : await bucket.create(tenant, value);
      if (written !== undefined) return value;
    }
  };
  const inForce = ({ secrets }: WebhookSecrets): readonly string[] =>
    secrets
      .filter(({ validUntil }) => validUntil === undefined || Date.parse(validUntil) > now())
      .map(({ secret }) => secret);
  return {
    of: async (tenant) => inForce(await change(tenant, (found) => found ?? withNew([], now()))),
    rotate: async (tenant) =>
      inForce(await change(tenant, (found) => withNew(found?.secrets.slice(0, 1) ?? [], now()))),
  };
}

/** A rotation soon after another ends the oldest at once: there are never more than two. */
function withNew(former: WebhookSecrets['secrets'], nowMs: number): WebhookSecrets {
  const createdAt = new Date(nowMs).toISOString();
  const validUntil = new Date(nowMs + OVERLAP_MS).toISOString();
  const ending = former.map((each) => ({ ...each, validUntil }));
  return { version: 1, secrets: [{ secret: newSecret(), createdAt }, ...ending] };
}
