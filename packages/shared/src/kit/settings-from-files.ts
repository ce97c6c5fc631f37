import { readFileSync } from 'node:fs';

const SUFFIX = '_FILE';
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Every setting may lie in a file instead, named by `<SETTING>_FILE`: secrets that are mounted are then in no list of
 * processes and in no environment. A value that is given itself goes first.
 * @throws Error that names the setting, when its file cannot be read
 */
export function withSettingsFromFiles(names: readonly string[], env: Environment): Environment {
  const read = names.flatMap((name): [string, string][] => {
    const path = env[name + SUFFIX];
    return path && !env[name] && !names.includes(name + SUFFIX) ? [[name, readSetting(name, path)]] : [];
  });
  return { ...env, ...Object.fromEntries(read) };
}

function readSetting(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new Error(`${name}${SUFFIX}: ${path} cannot be read`, { cause });
  }
}
