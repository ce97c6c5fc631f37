import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Colours with a meaning; none where nobody would see them. */
export interface Paint {
  readonly title: (text: string) => string;
  readonly quiet: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly bad: (text: string) => string;
}

export function createPaint(enabled: boolean): Paint {
  const style =
    (how: Style) =>
    (text: string): string =>
      enabled ? styleText(how, text) : text;
  return {
    title: style('bold'),
    quiet: style('dim'),
    good: style('green'),
    warn: style('yellow'),
    bad: style('red'),
  };
}
