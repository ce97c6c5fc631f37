import type { Overview } from '@whisper/shared/overview/overview';
import { columns } from '../text/columns.ts';
import type { Paint } from '../text/paint.ts';

/** Models that somebody has in memory, with how fast they are where they have been measured. */
export function renderModels({ models, speeds, workers }: Overview, paint: Paint): readonly string[] {
  const loaded = Object.entries(models).filter(([, { loadedBy, running }]) => loadedBy > 0 || running > 0);
  if (loaded.length === 0) return [paint.quiet('models   none loaded yet')];
  const rows = loaded.map(([name, model]) => [
    `  ${name}`,
    model.class,
    model.running > 0 ? paint.good(`${model.running} running`) : '',
    `loaded by ${model.loadedBy} of ${workers.length}`,
    paint.quiet(
      speeds
        .filter(({ model: measured }) => measured === name)
        .map(({ lane, secondsPerJob }) => `${lane} ${secondsPerJob.toFixed(1)} s a job`)
        .join(', '),
    ),
  ]);
  return [paint.quiet('models'), ...columns(rows, 'llrll')];
}
