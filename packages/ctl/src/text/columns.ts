import { stripVTControlCharacters } from 'node:util';

const GAP = '  ';

/**
 * Rows as aligned columns; colours take no width.
 * @param aligns one letter a column, `l` or `r`
 */
export function columns(rows: readonly (readonly string[])[], aligns: string): string[] {
  const widths = aligns
    .split('')
    .map((_, at) => Math.max(0, ...rows.map((row) => visibleLength(row[at] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, at) => pad(cell, widths[at] ?? 0, aligns[at] === 'r'))
      .join(GAP)
      .trimEnd(),
  );
}

export const visibleLength = (text: string): number => stripVTControlCharacters(text).length;

function pad(cell: string, width: number, toTheRight: boolean): string {
  const space = ' '.repeat(Math.max(0, width - visibleLength(cell)));
  return toTheRight ? space + cell : cell + space;
}
