import { askBoard } from '@whisper/shared/bus/ask-scheduler';
import type { Bus } from '@whisper/shared/bus/connect';
import type { ModelClass } from '@whisper/shared/contracts/identifiers';
import type { Board } from '@whisper/shared/contracts/scheduler-questions';

/** A flood of refusals asks the scheduler once a second. */
const FRESH_MS = 1_000;
/** Nobody is told to wait longer: what is forecast that far ahead changes. */
const LONGEST_SECONDS = 600;

/** When a full queue will have room again, as the scheduler measures it. */
export interface RoomForecast {
  /** Whole seconds, at least 1; `undefined` while nobody can tell. */
  readonly secondsUntilRoom: (modelClass: ModelClass) => Promise<number | undefined>;
}

export function createRoomForecast(bus: Bus): RoomForecast {
  let latest: { readonly atMs: number; readonly board: Promise<Board | undefined> } | undefined;
  const board = (): Promise<Board | undefined> => {
    if (!latest || performance.now() - latest.atMs > FRESH_MS) {
      latest = { atMs: performance.now(), board: askBoard(bus).catch(() => undefined) }; // then nobody can tell
    }
    return latest.board;
  };
  return {
    secondsUntilRoom: async (modelClass) => {
      const found = (await board())?.classes.find((each) => each.modelClass === modelClass);
      if (found?.nextEndSeconds === undefined) return undefined;
      // Others wait for the same place: on average one is free in the time between two ends.
      const seconds = Math.max(found.nextEndSeconds, found.secondsPerJob ?? 0);
      return Math.min(LONGEST_SECONDS, Math.max(1, Math.ceil(seconds)));
    },
  };
}
