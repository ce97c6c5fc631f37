import type { ModelsContext } from './models-settings.ts';

const WIDTH = 30;

export interface ProgressBar {
  readonly show: (what: string, done: number, total: number) => void;
  /** Leaves the line that the last bar is on. */
  readonly end: () => void;
}

/** One bar for each thing in turn, drawn over itself on a terminal; elsewhere a line when a thing is done. */
export function createProgressBar({
  say,
  sayOver,
}: Pick<ModelsContext, 'say' | 'sayOver'>): ProgressBar {
  let shown: string | undefined;
  const end = (): void => {
    if (shown !== undefined) say('');
    shown = undefined;
  };
  return {
    show: (what, done, total) => {
      if (sayOver === undefined) {
        if (done === total) say(`${what}  ${megabytes(total)} MB`);
        return;
      }
      if (shown !== what) end();
      shown = what;
      sayOver(drawBar(what, done, total));
    },
    end,
  };
}

/** `encoder.onnx  [#####.....]  50 %  12.3 of 24.6 MB` */
export function drawBar(what: string, done: number, total: number): string {
  const share = total === 0 ? 1 : done / total;
  const filled = Math.round(WIDTH * share);
  const bar = '#'.repeat(filled) + '.'.repeat(WIDTH - filled);
  const percent = Math.floor(100 * share)
    .toString()
    .padStart(3);
  return `${what.padEnd(40)} [${bar}] ${percent} %  ${megabytes(done)} of ${megabytes(total)} MB`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
