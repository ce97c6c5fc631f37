import type { StartSettings } from '../config.ts';
import type { FindOptions } from '../servers/find-server.ts';
import type { Shutdown } from './shutdown.ts';

/** What every step of the start is given. */
export interface StartContext {
  readonly settings: StartSettings;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
  readonly shutdown: Shutdown;
}

export function findOptions({ settings, env, say, shutdown }: StartContext): FindOptions {
  return { onProgress: say, cacheDirectory: settings.CACHE_DIR, env, signal: shutdown.signal };
}
