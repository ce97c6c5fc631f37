import { parseArgs } from 'node:util';

export interface SuiteArguments {
  /** Ids of the faults to run; all when empty. */
  readonly ids: readonly string[];
  readonly jobs: number | undefined;
  readonly jobsPerSecond: number;
  /** Where the rows go as JSON; a file that is there is added to, row by row. */
  readonly out: string | undefined;
  /** A document whose table is written anew from those rows. */
  readonly document: string | undefined;
}

export function readArguments(args: readonly string[]): SuiteArguments {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      jobs: { type: 'string' },
      rate: { type: 'string' },
      out: { type: 'string' },
      document: { type: 'string' },
    },
  });
  return {
    ids: positionals.map((id) => id.toUpperCase()),
    jobs: values.jobs === undefined ? undefined : Number(values.jobs),
    jobsPerSecond: Number(values.rate ?? 10),
    out: values.out,
    document: values.document,
  };
}
