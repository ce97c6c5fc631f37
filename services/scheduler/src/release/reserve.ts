import type { Arrivals } from '../outlook/arrival-rates.ts';

/**
 * How many of a lane's slots are kept from heavier jobs, so that a light one finds one free however long those take.
 * As many as the light jobs of late kept busy, and room for chance; never more than a quarter, or one of two or three.
 * None of a single slot, and none while no light jobs come.
 * @param light what light jobs come; `undefined` when there have been none of late
 */
export function reserveOf(slots: number, light: Arrivals | undefined): number {
  if (light === undefined || slots < 2) return 0;
  const load = light.perSecond * light.meanSeconds;
  const wanted = Math.max(1, Math.ceil(load + Math.sqrt(load)));
  return Math.min(wanted, Math.max(1, Math.floor(slots / 4)));
}
