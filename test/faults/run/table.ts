import type { Fault, Outcome } from './fault.ts';

export interface Row {
  readonly fault: Pick<Fault, 'id' | 'title' | 'load' | 'criterion'>;
  readonly outcome: Outcome | { readonly skipped: string };
}

const HEAD = ['', 'Fault', 'Load', 'Jobs', 'Lost', 'Doubled', 'Recovered within', 'Beside it', 'Passed'];

/** The rows in Markdown, as `docs/reliability.md` has them. */
export function toMarkdown(rows: readonly Row[]): string {
  const lines = [HEAD, HEAD.map(() => '---'), ...rows.map(cellsOf)];
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

function cellsOf({ fault, outcome }: Row): readonly string[] {
  const { id, title, load } = fault;
  if ('skipped' in outcome) return [id, title, load, '', '', '', '', outcome.skipped, 'not run'];
  const { jobs, lost, doubled, recoverMs, notes, violations } = outcome;
  return [
    ...[id, title, load, jobs, lost, doubled].map(String),
    recoverMs === undefined ? '' : `${(recoverMs / 1_000).toFixed(1)} s`,
    notes.join('; '),
    violations.length === 0 ? 'yes' : 'no',
  ];
}
