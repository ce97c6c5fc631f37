import type { Bus } from '@whisper/shared/bus/connect';
import { LANES, type ModelClass } from '@whisper/shared/contracts/identifiers';
import { INTAKE_STREAM, workStream } from '@whisper/shared/contracts/topology';

/** Jobs of a class that wait in the backlog or wait or run on a lane, as the streams tell. */
export async function queueDepth(bus: Bus, modelClass: ModelClass): Promise<number> {
  const streams = await Promise.all(
    [INTAKE_STREAM, ...LANES.map(workStream)].map((name) =>
      bus.manager.streams.info(name, { subjects_filter: '>' }),
    ),
  );
  return streams
    .flatMap(({ state }) => Object.entries(state.subjects ?? {}))
    .filter(([subject]) => subject.split('.')[2] === modelClass)
    .reduce((sum, [, count]) => sum + count, 0);
}
