import type { Bus } from '@whisper/shared/bus/connect';
import type { Logger } from '@whisper/shared/kit/logger';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import { openKeyUsages, type KeyUsages } from '@whisper/shared/storage/key-usage';
import { openPlaces, type Places } from '../submission/places.ts';
import { countUsage } from '../usage/count-usage.ts';
import { watchKeys, type KeyRing } from './key-ring.ts';
import { shareRequestRates, type RequestRates } from './request-rates.ts';

/** Who has a key, and what each has left. */
export interface Accounts {
  readonly keys: KeyRing;
  readonly rates: RequestRates;
  readonly usages: KeyUsages;
  readonly places: Places;
}

export async function openAccounts(
  bus: Bus,
  records: JobRecords,
  log: Logger,
): Promise<Accounts & AsyncDisposable> {
  const keys = await watchKeys(bus, log);
  const rates = shareRequestRates(bus, keys, log);
  const usages = await openKeyUsages(bus);
  const counting = countUsage({ bus, log, keys, records, usages });
  return {
    ...{ keys, rates, usages },
    places: await openPlaces({ bus, keys, records }),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([counting, rates, keys].map((each) => each[Symbol.asyncDispose]()));
    },
  };
}
