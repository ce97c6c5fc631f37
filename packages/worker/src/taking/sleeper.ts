/** A nap that a wake can end; a wake that comes while awake ends the next nap at once. */
export interface Sleeper {
  /** @returns true when woken, false when the time was up */
  readonly sleep: (ms: number) => Promise<boolean>;
  readonly wake: () => void;
}

export function createSleeper(): Sleeper {
  let pending = false;
  let end: ((woken: boolean) => void) | undefined;
  return {
    sleep: async (ms) => {
      if (!pending) {
        let timer: NodeJS.Timeout | undefined;
        pending = await new Promise<boolean>((resolve) => {
          end = resolve;
          timer = setTimeout(resolve, ms, false);
        });
        clearTimeout(timer);
        end = undefined;
      }
      const woken = pending;
      pending = false;
      return woken;
    },
    wake: () => {
      if (end) end(true);
      else pending = true;
    },
  };
}
