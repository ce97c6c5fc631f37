import type { WorkerSpeed } from '@whisper/shared/contracts/worker-presence';

/** The share of the latest job in the mean: old jobs fade, one odd job does not decide. */
const NEWEST_SHARE = 0.2;

/** How fast this worker is with each model, so that schedulers know before they have measured themselves. */
export interface SpeedMeter {
  readonly add: (model: string, job: { readonly seconds: number; readonly audioSeconds: number }) => void;
  readonly all: () => WorkerSpeed[];
}

export function createSpeedMeter(): SpeedMeter {
  const speeds = new Map<string, WorkerSpeed>();
  return {
    add: (model, { seconds, audioSeconds }) => {
      const known = speeds.get(model);
      const speed = seconds > 0 ? audioSeconds / seconds : 0;
      speeds.set(model, {
        model,
        audioSecondsPerSecond: blend(known?.audioSecondsPerSecond, speed),
        secondsPerJob: blend(known?.secondsPerJob, seconds),
        jobs: (known?.jobs ?? 0) + 1,
      });
    },
    all: () => [...speeds.values()],
  };
}

function blend(before: number | undefined, latest: number): number {
  return before === undefined ? latest : before + NEWEST_SHARE * (latest - before);
}
