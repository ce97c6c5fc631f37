const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Seconds as people say them, in two steps at the most: `4 s`, `3 m 20 s`, `2 h 5 m`, `4 d 3 h`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return two(whole, MINUTE, 'm', 1, 's');
  if (whole < DAY) return two(whole, HOUR, 'h', MINUTE, 'm');
  return two(whole, DAY, 'd', HOUR, 'h');
}

// eslint-disable-next-line max-params -- two units with their names
function two(whole: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((whole % large) / small);
  const head = `${Math.floor(whole / large)} ${largeName}`;
  return rest > 0 ? `${head} ${rest} ${smallName}` : head;
}

/** How long ago a timestamp was. */
export const age = (timestamp: string, nowMs = Date.now()): string =>
  duration((nowMs - Date.parse(timestamp)) / 1000);
