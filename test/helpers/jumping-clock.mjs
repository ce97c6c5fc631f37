/**
 * Preloaded into a process (`--import`): on SIGUSR2 its clock jumps an hour ahead, on SIGWINCH two hours back, as a wrong
 * time server would have it. Monotonic clocks are left alone, as they are by real jumps.
 */
const HOUR_MS = 3_600_000;
let offsetMs = 0;
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
  offsetMs += HOUR_MS;
});
process.on('SIGWINCH', () => {
  offsetMs -= 2 * HOUR_MS;
});
