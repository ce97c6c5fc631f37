import { LEASE_TTL_MS, SCHEDULER_LEASE_KEY, type LeaseEntry } from '@whisper/shared/contracts/lease';
import type { JsonBucket } from '@whisper/shared/storage/json-bucket';

/** The holder stops acting this long before others may take over: for a clock that runs a little fast. */
const MARGIN_MS = 150;

/**
 * The right to lead, by compare-and-set on one key. Only revisions are compared and each side goes by its own
 * monotonic clock, so that clocks may differ and jump: the holder counts from before its last renewal, the others from
 * when they first saw it.
 */
export interface Lease {
  /** @returns true when it is ours now; asked again and again by who stands by */
  readonly claim: () => Promise<boolean>;
  /** @returns false when somebody else has it */
  readonly renew: () => Promise<boolean>;
  readonly isHeld: () => boolean;
  /** Lets another one in at once. */
  readonly giveUp: () => Promise<void>;
}

export function createLease(bucket: JsonBucket<LeaseEntry>, holder: string): Lease {
  let ours: { readonly revision: number; readonly term: number } | undefined;
  let heldUntilMs = -Infinity;
  let seen: { readonly revision: number; readonly atMs: number } | undefined;

  const write = async (term: number, name: string, revision?: number): Promise<number | undefined> => {
    const entry = { version: 1 as const, holder: name, term };
    return revision === undefined
      ? bucket.create(SCHEDULER_LEASE_KEY, entry)
      : bucket.update(SCHEDULER_LEASE_KEY, entry, revision);
  };
  const hold = async (term: number, revision?: number): Promise<boolean> => {
    const sentMs = performance.now();
    const written = (await write(term, holder, revision)) ?? (await ownRevision(bucket, holder, term));
    ours = written === undefined ? undefined : { revision: written, term };
    heldUntilMs = ours ? sentMs + LEASE_TTL_MS - MARGIN_MS : -Infinity;
    return ours !== undefined;
  };
  return {
    claim: async () => {
      const found = await bucket.get(SCHEDULER_LEASE_KEY);
      if (!found) return hold(1);
      if (seen?.revision !== found.revision) seen = { revision: found.revision, atMs: performance.now() };
      const isOver = performance.now() - seen.atMs > LEASE_TTL_MS;
      return isOver || found.value.holder === '' ? hold(found.value.term + 1, found.revision) : false;
    },
    renew: async () => ours !== undefined && hold(ours.term, ours.revision),
    isHeld: () => performance.now() < heldUntilMs,
    giveUp: async () => {
      const last = ours;
      ours = undefined;
      heldUntilMs = -Infinity;
      if (last) await write(last.term, '', last.revision);
    },
  };
}

/** A write whose acknowledgement was lost looks like a conflict: it is ours if it says so. */
async function ownRevision(
  bucket: JsonBucket<LeaseEntry>,
  holder: string,
  term: number,
): Promise<number | undefined> {
  const found = await bucket.get(SCHEDULER_LEASE_KEY);
  return found?.value.holder === holder && found.value.term === term ? found.revision : undefined;
}
