/** Slots are kept for this long after the last light job. */
const REMEMBERED_MS = 300_000;
/** Over which the load of light jobs is averaged. */
const AVERAGED_MS = 60_000;

/**
 * How many of a lane's slots are kept from heavier jobs, so that a light one finds one free however long those take.
 * As many as the light jobs of late kept busy, and room for chance; never more than a quarter, or one of two or three.
 * None of a single slot, and none while no light jobs come.
 * @param load mean number of slots that light jobs keep busy; `undefined` when there have been none of late
 */
export function reserveOf(slots: number, load: number | undefined): number {
  if (load === undefined || slots < 2) return 0;
  const wanted = Math.max(1, Math.ceil(load + Math.sqrt(load)));
  return Math.min(wanted, Math.max(1, Math.floor(slots / 4)));
}

/** The load that light jobs bring, fading with time. */
export interface LightLoad {
  readonly add: (seconds: number, nowMs: number) => void;
  readonly at: (nowMs: number) => number | undefined;
}

export function createLightLoad(): LightLoad {
  let seconds = 0;
  let lastMs: number | undefined;
  const faded = (nowMs: number): number =>
    lastMs === undefined ? 0 : seconds * Math.exp((lastMs - nowMs) / AVERAGED_MS);
  return {
    add: (more, nowMs) => {
      seconds = faded(nowMs) + more;
      lastMs = nowMs;
    },
    at: (nowMs) =>
      lastMs === undefined || nowMs - lastMs > REMEMBERED_MS
        ? undefined
        : (faded(nowMs) * 1_000) / AVERAGED_MS,
  };
}
