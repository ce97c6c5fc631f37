import type { ReadStream, WriteStream } from 'node:tty';
import { pause } from '@whisper/shared/kit/pause';

/** The other screen and back, so that the shell's own lines stay as they were. */
const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const REST_OF_LINE = '\x1b[K';
const REST_OF_SCREEN = '\x1b[J';
const USUAL = { columns: 80, rows: 24 };
const QUIT_KEYS = ['q', 'Q', '\x03', '\x04', '\x1b'];

export interface Terminal {
  readonly stdout: WriteStream;
  readonly stdin: ReadStream;
}

export interface Size {
  readonly columns: number;
  /** Missing where there is no end. */
  readonly rows?: number;
}

/** Draws a frame now and every interval, and when the terminal changes its size, until a key or a signal ends it. */
export async function runScreen(
  { stdout, stdin }: Terminal,
  intervalMs: number,
  frame: (size: Size) => Promise<readonly string[]>,
): Promise<void> {
  const quit = new AbortController();
  const onEnd = (): void => {
    quit.abort();
  };
  const onKey = (key: Buffer): void => {
    if (QUIT_KEYS.includes(key.toString())) quit.abort();
  };
  const draw = async (): Promise<void> => {
    const { columns, rows } = sizeOf(stdout);
    const lines = await frame({ columns, rows });
    if (!quit.signal.aborted)
      stdout.write(HOME + lines.slice(0, rows).map(toEnd).join('\n') + REST_OF_SCREEN);
  };
  const onResize = (): void => {
    draw().catch(onEnd); // the next look fails too, and says why
  };
  process.once('SIGTERM', onEnd);
  stdin.setRawMode(true).resume().on('data', onKey);
  stdout.on('resize', onResize).write(ENTER);
  try {
    do await draw();
    while (await pause(intervalMs, quit.signal));
  } finally {
    stdout.off('resize', onResize).write(LEAVE);
    stdin.off('data', onKey).setRawMode(false).pause();
  }
}

/** A terminal that does not know its size says 0. */
const sizeOf = ({ columns, rows }: WriteStream): { columns: number; rows: number } => ({
  columns: columns || USUAL.columns,
  rows: rows || USUAL.rows,
});

const toEnd = (line: string): string => line + REST_OF_LINE;
