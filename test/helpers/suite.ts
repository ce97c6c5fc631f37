import { setTimeout as sleep } from 'node:timers/promises';
import { suite as uvuSuite, type Callback, type Test } from 'uvu';

const TEST_TIMEOUT_MS = 10_000;
const HOOK_TIMEOUT_MS = 120_000;

type Hook<Context> = Callback<Context>;

/** The part of uvu our tests use; hooks here cannot fail silently. */
export interface Suite<Context> {
  (name: string, handler: Callback<Context>): void;
  readonly before: (hook: Hook<Context>) => void;
  readonly after: (hook: Hook<Context>) => void;
}

/**
 * Declares and runs one suite. uvu 0.5.6 exits 0 when a hook throws or `run()` is forgotten,
 * and never times out; here each of those fails the run.
 */
export function suite<Context extends object>(
  name: string,
  context: Context,
  define: (test: Suite<Context>) => void,
  { timeoutMs = TEST_TIMEOUT_MS }: { readonly timeoutMs?: number } = {},
): void {
  const uvu: Test<Context> = uvuSuite<Context>(name, context);
  let setupFailure: { readonly error: unknown } | undefined;

  uvu.before.each(() => {
    if (setupFailure) throw setupFailure.error;
  });

  const test = (title: string, handler: Callback<Context>): void => {
    uvu(title, (ctx) => withTimeout(title, timeoutMs, Promise.resolve(handler(ctx))));
  };
  define(Object.assign(test, {
    before: (hook: Hook<Context>) => {
      uvu.before(async (ctx) => {
        try {
          await withTimeout(`${name} before`, HOOK_TIMEOUT_MS, Promise.resolve(hook(ctx)));
        } catch (error) {
          setupFailure ??= { error };
        }
      });
    },
    after: (hook: Hook<Context>) => {
      uvu.after(async (ctx) => {
        try {
          await withTimeout(`${name} after`, HOOK_TIMEOUT_MS, Promise.resolve(hook(ctx)));
        } catch (error) {
          failRun(error);
        }
      });
    },
  }));
  uvu.run();
}

async function withTimeout(what: string, timeoutMs: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  const late = sleep(timeoutMs, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`${what} took more than ${timeoutMs} ms`);
  });
  late.catch(() => undefined); // aborted when the work wins
  try {
    await Promise.race([work, late]);
  } finally {
    timer.abort();
  }
}

function failRun(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.once('exit', () => {
    process.exitCode = 1;
  });
}
