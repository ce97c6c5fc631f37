import { randomBytes } from 'node:crypto';
import type { Bus } from '@whisper/shared/bus/connect';
import { LEASE_RENEW_MS, LEASE_TTL_MS, leaseSchema } from '@whisper/shared/contracts/lease';
import { BUCKETS } from '@whisper/shared/contracts/topology';
import type { Logger } from '@whisper/shared/kit/logger';
import { pause } from '@whisper/shared/kit/pause';
import { openJsonBucket } from '@whisper/shared/storage/json-bucket';
import { createLease, type Lease } from './lease.ts';

/** One time of leading, from the claim until it is lost or given up. */
export interface Term {
  readonly schedulerId: string;
  /** Aborts when somebody else leads or this process stops. */
  readonly ended: AbortSignal;
  /** Whether nobody else can lead yet, by our own clock: asked before anything is done that two must not do. */
  readonly isHeld: () => boolean;
}

export interface LeadInTurn {
  readonly bus: Bus;
  readonly log: Logger;
  readonly stop: AbortSignal;
  /** Leads until the term has ended. */
  readonly lead: (term: Term) => Promise<void>;
}

const AFTER_TROUBLE_MS = 500;

/** Of all schedulers that run, one leads; the others stand by and one of them takes over when it is gone. */
export async function leadInTurn({ bus, log, stop, lead }: LeadInTurn): Promise<void> {
  const schedulerId = randomBytes(6).toString('hex');
  const bucket = await openJsonBucket(bus, BUCKETS.leases.name, leaseSchema);
  const lease = createLease(bucket, schedulerId);
  while (!stop.aborted) {
    try {
      if (await lease.claim()) await leadOnce({ log, stop, lead }, lease, schedulerId);
    } catch (err) {
      log.warn({ err }, 'leading interrupted');
      await pause(AFTER_TROUBLE_MS, stop);
    }
    await pause(LEASE_RENEW_MS, stop);
  }
}

async function leadOnce(
  { log, stop, lead }: Omit<LeadInTurn, 'bus'>,
  lease: Lease,
  schedulerId: string,
): Promise<void> {
  const over = new AbortController();
  const ended = AbortSignal.any([stop, over.signal]);
  log.info({ schedulerId }, 'leading');
  const renewing = renew(lease, ended, log).finally(() => {
    over.abort();
  });
  try {
    await lead({ schedulerId, ended, isHeld: () => !ended.aborted && lease.isHeld() });
  } finally {
    over.abort();
    await renewing;
    await lease.giveUp();
    log.info({ schedulerId }, 'leading no more');
  }
}

async function renew(lease: Lease, ended: AbortSignal, log: Logger): Promise<void> {
  while (await pause(LEASE_RENEW_MS, ended)) {
    try {
      if (!(await lease.renew())) return;
    } catch (err) {
      log.warn({ err, ttlMs: LEASE_TTL_MS }, 'lease not renewed: trying again');
    }
  }
}
