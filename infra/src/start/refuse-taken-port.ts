import { isPortFree } from '../processes/free-port.ts';
import type { StartContext } from './start-context.ts';

/** Before anything is fetched or started: the address of the service cannot be another one than asked for. */
export async function refuseTakenPort({ settings: { HOST, PORT } }: StartContext): Promise<void> {
  if (await isPortFree(PORT, HOST)) return;
  throw new Error(
    `Port ${PORT} on ${HOST} is taken. Stop what listens there, or choose another: PORT=8001 npm start`,
  );
}
