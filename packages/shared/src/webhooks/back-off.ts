const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;
const FIRST_MS = 5 * SECOND_MS;
const LONGEST_MS = HOUR_MS;
const JITTER = 0.25;

/** How long a receiver may be away. */
export const GIVE_UP_AFTER_MS = 24 * HOUR_MS;

/**
 * Until the next attempt: 5, 10, 20 s … up to an hour, each a quarter longer or shorter by chance.
 * @param attempts how many there were, at least one
 * @param random in [0, 1)
 */
export function backOffMs(attempts: number, random: number): number {
  const plainMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts - 1, 20));
  return plainMs * (1 - JITTER + 2 * JITTER * random);
}
