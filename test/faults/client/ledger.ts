import { open, type FileHandle } from 'node:fs/promises';

/** One job that the server has promised to do. */
export interface Accepted {
  readonly number: number;
  readonly jobId: string;
  readonly sha256: string;
  /** What it must end as: a text, or an error's code. */
  readonly expected: Expected;
  /** It had ended when it was accepted: its text was there already, and no event tells of it. */
  readonly wasOver: boolean;
  /** Its request named a webhook. */
  readonly isHooked: boolean;
  /** Unix time at which the 202 came. */
  readonly atMs: number;
}

export type Expected =
  | { readonly text: string }
  | { readonly code: string }
  /** Where the file decides: `completed`, whatever its text, or an error's code. */
  | { readonly oneOf: readonly string[] }
  /** It is erased meanwhile: nothing of it may be left. */
  | { readonly erased: true };

/** Every 202, on the disk before it counts: what is promised is not forgotten, whatever dies. */
export interface Ledger extends AsyncDisposable {
  readonly accept: (accepted: Accepted) => Promise<void>;
  readonly entries: () => readonly Accepted[];
}

export async function openLedger(path: string): Promise<Ledger> {
  const file: FileHandle = await open(path, 'a');
  const entries: Accepted[] = [];
  return {
    accept: async (accepted) => {
      await file.appendFile(`${JSON.stringify(accepted)}\n`);
      await file.datasync();
      entries.push(accepted);
    },
    entries: () => entries,
    [Symbol.asyncDispose]: () => file.close(),
  };
}
