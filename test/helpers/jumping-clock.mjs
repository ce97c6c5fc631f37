/**
 * Preloaded into a process (`--import`): on SIGUSR2 its clock jumps ahead, on SIGWINCH twice as far back, as a wrong time
 * server would have it; it may be ahead from the start. Monotonic clocks are left alone, as they are by real jumps.
 */
const JUMP_MS = Number(process.env.CLOCK_JUMP_MS ?? 3_600_000);
let offsetMs = Number(process.env.CLOCK_AHEAD_MS ?? 0);
const RealDate = Date;
const now = () => RealDate.now() + offsetMs;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [now()] : given));
  }

  static now() {
    return now();
  }
};
process.on('SIGUSR2', () => {
  offsetMs += JUMP_MS;
});
process.on('SIGWINCH', () => {
  offsetMs -= 2 * JUMP_MS;
});
