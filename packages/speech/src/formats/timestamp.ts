import { roundHalfEven } from '../decoding/round-half-even.ts';

export interface TimestampStyle {
  readonly alwaysIncludeHours: boolean;
  readonly decimalMarker: ',' | '.';
}

/** Seconds in whole milliseconds, as the reference rounds them. */
export function millisecondsOf(seconds: number): number {
  return roundHalfEven(seconds * 1000);
}

/** `01:02:03,456`; `seconds` is not negative. After `format_timestamp` in openai/whisper's utils.py. */
export function formatTimestamp(seconds: number, style: TimestampStyle): string {
  const total = millisecondsOf(seconds);
  const hours = Math.floor(total / 3_600_000);
  const minutes = Math.floor(total / 60_000) % 60;
  const wholeSeconds = Math.floor(total / 1000) % 60;
  const leadingHours = style.alwaysIncludeHours || hours > 0 ? `${pad(hours)}:` : '';
  return `${leadingHours}${pad(minutes)}:${pad(wholeSeconds)}${style.decimalMarker}${pad(total % 1000, 3)}`;
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}
