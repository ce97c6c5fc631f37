import type { ApiKey } from '@whisper/shared/contracts/api-key';
import { DEFAULT_TENANT } from '@whisper/shared/contracts/identifiers';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { readWebUrl, type AddressGuard } from '@whisper/shared/outbound/address-guard';
import type { CommonFields } from '../dialects/common-fields.ts';
import type { Wanted } from '@whisper/shared/webhooks/delivery-states';

const FIELD = 'webhook_url';

export interface ChooseWebhook {
  readonly guard: AddressGuard;
  /** WEBHOOK_URL: where the ends of jobs are told whose senders name no other place. */
  readonly defaultUrl?: string | undefined;
}

/** Who asks, as far as it matters here. */
export interface WebhookCaller {
  readonly tenant: string;
  readonly key?: Pick<ApiKey, 'webhook'>;
}

/**
 * Who is told of a request's job: whom the request names, else whom its key names, else whom the server's settings name.
 * What may never be reached is refused to the request; a host that is not known now may be later.
 * @throws PipelineError `url_refused` with the field
 */
export async function chooseWebhook(
  { defaultUrl, guard }: ChooseWebhook,
  { key, tenant }: WebhookCaller,
  asked: CommonFields['webhook'],
): Promise<Wanted | undefined> {
  if (asked) {
    const { withText } = asked;
    return { url: await checked(guard, asked.url), withText, tenant, isAsked: true };
  }
  if (key?.webhook) return unasked(key.webhook.url, tenant);
  return defaultUrl === undefined ? undefined : unasked(defaultUrl, DEFAULT_TENANT);
}

const unasked = (url: string, tenant: string): Wanted => ({
  ...{ url: readWebUrl(url).href, withText: false, tenant, isAsked: false },
});

async function checked(guard: AddressGuard, url: string): Promise<string> {
  try {
    return (await guard.check(url)).url.href;
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    if (error.code === 'url_unreachable') return readWebUrl(url).href;
    throw new PipelineError(error.code, `${FIELD}: ${error.message}`, { field: FIELD });
  }
}
