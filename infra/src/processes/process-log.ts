import { createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A stray helper may hold a stream open for ever. */
const LAST_LINES_MS = 1000;

export interface ProcessLog {
  /** Copies a stream of the process into the file; its lines go to `onLine`, too. */
  readonly capture: (stream: Readable) => void;
  readonly note: (line: string) => void;
  /** Waits for the last lines. */
  readonly close: () => Promise<void>;
}

/** The log file of one process; the file of the run before is kept as `<path>.1`. */
export function openProcessLog(path: string, onLine: (line: string) => void): ProcessLog {
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path)) renameSync(path, `${path}.1`);
  const file = createWriteStream(path, { flags: 'a' });
  file.on('error', () => undefined); // a full disk must not end what is being logged
  let streams: Promise<unknown>[] = [];
  return {
    capture: (stream) => {
      streams = [...streams.slice(-1), finished(stream).catch(() => undefined)];
      stream.pipe(file, { end: false });
      createInterface({ input: stream }).on('line', onLine);
    },
    note: (line) => {
      file.write(`${line}\n`);
    },
    close: async () => {
      await Promise.race([Promise.all(streams), sleep(LAST_LINES_MS, undefined, { ref: false })]);
      file.end();
      await finished(file).catch(() => undefined);
    },
  };
}
