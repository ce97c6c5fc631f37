/** Jobs that wait on a lane which nobody serves yet: enough for an autoscaler to see, by consumer lag, that it is needed. */
export const UNSERVED_WINDOW = 16;
const SMALLEST_WINDOW = 2;

/**
 * How many jobs of one class may wait on a lane, given to it but not started. One a slot: a slot that ends a job finds
 * the next one there, and an autoscaler on consumer lag (waiting and running) sees twice the slots while there is a
 * backlog, so it doubles them. The rest stays in the backlog, where its order can still change.
 */
export function windowOf(slots: number): number {
  return slots === 0 ? UNSERVED_WINDOW : Math.max(SMALLEST_WINDOW, slots);
}
