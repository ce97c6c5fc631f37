import { DEFAULT_TENANT } from '@whisper/shared/contracts/identifiers';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { readWebUrl, type AddressGuard } from '@whisper/shared/outbound/address-guard';
import type { Caller } from '../callers/caller.ts';
import type { CommonFields } from '../dialects/common-fields.ts';
import type { Wanted } from './delivery-states.ts';

const FIELD = 'webhook_url';

export interface ChooseWebhook {
  readonly guard: AddressGuard;
  /** WEBHOOK_URL: where the ends of jobs are told whose senders name no other place. */
  readonly defaultUrl?: string | undefined;
}

/**
 * Who is told of a request's job: whom the request names, else whom the server's settings name. What may never be
 * reached is refused now; a host that is not known now may be later.
 * @throws PipelineError `url_refused` with the field
 */
export async function chooseWebhook(
  { defaultUrl, guard }: ChooseWebhook,
  { tenant }: Caller,
  asked: CommonFields['webhook'],
): Promise<Wanted | undefined> {
  if (asked) {
    const { withText } = asked;
    return { url: await checked(guard, asked.url), withText, tenant, isAsked: true };
  }
  if (defaultUrl === undefined) return undefined;
  const url = readWebUrl(defaultUrl).href;
  return { url, withText: false, tenant: DEFAULT_TENANT, isAsked: false };
}

async function checked(guard: AddressGuard, url: string): Promise<string> {
  try {
    return (await guard.check(url)).url.href;
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    if (error.code === 'url_unreachable') return readWebUrl(url).href;
    throw new PipelineError(error.code, `${FIELD}: ${error.message}`, { field: FIELD });
  }
}
