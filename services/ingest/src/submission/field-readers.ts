/** From the text of a query parameter or form field to a value. @throws Error that says what is expected */
export type FieldReader = (value: unknown) => unknown;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

export const readText: FieldReader = (value) => {
  if (typeof value !== 'string') throw new Error('must be given once, as text');
  return value;
};

export const readNumber: FieldReader = (value) => {
  const text = typeof value === 'string' ? value.trim() : '';
  if (!NUMBER.test(text)) throw new Error('must be a number');
  return Number(text);
};

export const readFlag: FieldReader = (value) => {
  const flag = typeof value === 'string' ? FLAGS.get(value.toLowerCase()) : undefined;
  if (flag === undefined) throw new Error('must be true or false');
  return flag;
};

/** One text separated by commas, or the same field several times; an empty text is an empty list. */
export function readList(readOne: FieldReader): FieldReader {
  return (value) => {
    if (typeof value === 'string') return value.trim() === '' ? [] : readEach(value.split(','), readOne);
    if (Array.isArray(value)) return readEach(value, readOne);
    throw new Error('must be a list, separated by commas');
  };
}

/** A value that may be absent: `word`, in any case, stands for none. */
export function readNone(word: string, read: FieldReader): FieldReader {
  return (value) => (typeof value === 'string' && value.toLowerCase() === word ? null : read(value));
}

function readEach(values: readonly unknown[], readOne: FieldReader): readonly unknown[] {
  return values.map((value) => readOne(typeof value === 'string' ? value.trim() : value));
}
