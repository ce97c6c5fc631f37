/**
 * Where Python's text and numbers differ from JavaScript's: the reference writers are Python, and what we write
 * must be equal to theirs byte by byte.
 */

/** What `str.isspace` and `\s` take for white space; U+FEFF is none, unlike in JavaScript. */
export const PYTHON_SPACE =
  '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const LEADING_SPACE = new RegExp(`^[${PYTHON_SPACE}]+`);
const TRAILING_SPACE = new RegExp(`[${PYTHON_SPACE}]+$`);

/** `str.strip()`. */
export function strip(text: string): string {
  return text.replace(LEADING_SPACE, '').replace(TRAILING_SPACE, '');
}

/** `len(str)`: characters, where JavaScript counts halves of those beyond U+FFFF. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _character of text) length += 1;
  return length;
}

/** `repr(float)` of a finite number: the same shortest digits as JavaScript's, with `.0` and exponents where Python puts them. */
export function floatLiteral(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (value === 0 || (power >= -4 && power < 16)) return plainLiteral(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** JavaScript turns to exponents below 1e-6 and from 1e21 on, so that here it never does. */
function plainLiteral(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** A string as `json.dumps` writes it: ASCII only. */
export function stringLiteral(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
