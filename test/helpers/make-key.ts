import type { Bus } from '@whisper/shared/bus/connect';
import { DEFAULT_SCOPES } from '@whisper/shared/contracts/api-key';
import { openApiKeys } from '@whisper/shared/storage/api-keys';
import { newApiKey, type KeyTerms, type NewApiKey } from '@whisper/shared/storage/new-api-key';

/** A key of a tenant, as `keys create` makes it. */
export async function makeKey(bus: Bus, tenant: string, terms: Partial<KeyTerms> = {}): Promise<NewApiKey> {
  const made = newApiKey({ name: tenant, tenant, scopes: [...DEFAULT_SCOPES], limits: {}, ...terms });
  await (await openApiKeys(bus)).add(made.key);
  return made;
}
