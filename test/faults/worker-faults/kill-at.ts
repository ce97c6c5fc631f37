import type { Seat } from '../site/site.ts';
import type { Wires } from '../site/wires.ts';
import { workerIdOf, type Death } from './after-death.ts';

/** Sets a tripwire on the lines of a service: `kill` is called when it is just at a certain step. */
export type Arm = (wires: Wires, kill: () => void) => void;

/** A worker that has nothing to do comes to no step: it is killed all the same, a little later. */
const PATIENCE_MS = 5_000;

export async function killAt({ service, wires }: Seat, arm: Arm): Promise<Death> {
  const workerId = workerIdOf(service);
  const atMs = await new Promise<number>((resolve) => {
    const kill = (): void => {
      clearTimeout(impatient);
      service.signal('SIGKILL');
      resolve(Date.now());
    };
    const impatient = setTimeout(() => {
      wires.nats.heal();
      wires.s3.toxics.heal();
      kill();
    }, PATIENCE_MS);
    arm(wires, kill);
  });
  return { workerId, atMs };
}
