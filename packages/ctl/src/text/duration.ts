interface Unit {
  readonly seconds: number;
  readonly name: string;
}
const SECOND: Unit = { seconds: 1, name: 's' };
const MINUTE: Unit = { seconds: 60, name: 'm' };
const HOUR: Unit = { seconds: 3_600, name: 'h' };
const DAY: Unit = { seconds: 86_400, name: 'd' };

/** Seconds as people say them, in two steps at the most: `4 s`, `3 m 20 s`, `2 h 5 m`, `4 d 3 h`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE.seconds) return `${whole} s`;
  if (whole < HOUR.seconds) return inTwo(whole, MINUTE, SECOND);
  if (whole < DAY.seconds) return inTwo(whole, HOUR, MINUTE);
  return inTwo(whole, DAY, HOUR);
}

function inTwo(whole: number, large: Unit, small: Unit): string {
  const rest = Math.floor((whole % large.seconds) / small.seconds);
  const head = `${Math.floor(whole / large.seconds)} ${large.name}`;
  return rest > 0 ? `${head} ${rest} ${small.name}` : head;
}

/** How long ago a timestamp was. */
export const age = (timestamp: string, nowMs = Date.now()): string =>
  duration((nowMs - Date.parse(timestamp)) / 1000);
