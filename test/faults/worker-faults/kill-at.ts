import type { Seat } from '../site/site.ts';
import type { Wires } from '../site/wires.ts';
import { workerIdOf, type Death } from './after-death.ts';

/** Sets a tripwire on the lines of a service: `kill` is called when it is just at a certain step. */
export type Arm = (wires: Wires, kill: () => void) => void;

/** A worker that has nothing to do comes to no step. */
const PATIENCE_MS = 5_000;

/** Kills a worker at a step; when it comes to none, all the same, a little later. */
export async function killAt(seat: Seat, arm: Arm): Promise<Death> {
  const workerId = workerIdOf(seat.service);
  if (!(await killOnlyAt(seat, arm))) seat.service.signal('SIGKILL');
  return { workerId, atMs: Date.now() };
}

/** @returns false when the worker did not come to that step in good time: then it lives */
export async function killOnlyAt({ service, wires }: Seat, arm: Arm): Promise<boolean> {
  return new Promise((resolve) => {
    const impatient = setTimeout(() => {
      wires.nats.heal();
      wires.s3.toxics.heal();
      resolve(false);
    }, PATIENCE_MS);
    arm(wires, () => {
      clearTimeout(impatient);
      service.signal('SIGKILL');
      resolve(true);
    });
  });
}
