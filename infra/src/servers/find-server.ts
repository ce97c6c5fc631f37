/** Where a server program comes from: a setting, PATH, our cache, then the first way to get it that works. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compareVersions, versionIn } from './compare-versions.ts';
import { findOnPath, isExecutable } from './find-on-path.ts';
import { installIntoCache } from './install-into-cache.ts';
import { runTool } from './run-tool.ts';

export interface FindOptions {
  readonly onProgress: (line: string) => void;
  /** The project's `.cache`. */
  readonly cacheDirectory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

/** One way to get a server: leaves the program as `<directory>/<name>` or throws why it cannot. */
export interface Way {
  readonly name: string;
  readonly get: (directory: string, options: FindOptions) => Promise<void>;
}

export interface ServerRecipe {
  readonly name: string;
  /** The environment variable that names the program. */
  readonly setting: string;
  /** The version that our ways bring. */
  readonly version: string;
  /** Checked against what the program says of itself; absent when any version will do. */
  readonly oldestVersion?: string | undefined;
  readonly versionFlag: string;
  readonly ways: readonly Way[];
}

export async function findServer(recipe: ServerRecipe, options: FindOptions): Promise<string> {
  return (
    (await fromSetting(recipe, options)) ??
    (await fromPath(recipe, options)) ??
    (await fromCache(recipe, options)) ??
    (await installFirstThatWorks(recipe, options))
  );
}

async function fromSetting(recipe: ServerRecipe, options: FindOptions): Promise<string | undefined> {
  const path = options.env[recipe.setting];
  if (path === undefined || path === '') return undefined;
  if (!isExecutable(path)) throw new Error(`${recipe.setting} names ${path}: no such program`);
  const refusal = await whyRefused(recipe, path);
  if (refusal !== undefined) throw new Error(`${recipe.setting} names ${path}: ${refusal}`);
  return path;
}

async function fromPath(recipe: ServerRecipe, options: FindOptions): Promise<string | undefined> {
  const path = findOnPath(recipe.name, options.env);
  if (path === undefined) return undefined;
  const refusal = await whyRefused(recipe, path);
  if (refusal === undefined) return path;
  options.onProgress(`${path} is not used: ${refusal}`);
  return undefined;
}

/** A cached program is `<cache>/servers/<name>-<version>/<name>`; the newest good one wins. */
async function fromCache(recipe: ServerRecipe, options: FindOptions): Promise<string | undefined> {
  const servers = join(options.cacheDirectory, 'servers');
  const prefix = `${recipe.name}-`;
  const names = await readdir(servers).catch((): string[] => []);
  const versions = names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  for (const version of versions.sort((a, b) => compareVersions(b, a))) {
    const path = join(servers, prefix + version, recipe.name);
    if (isExecutable(path) && (await whyRefused(recipe, path)) === undefined) return path;
  }
  return undefined;
}

async function installFirstThatWorks(recipe: ServerRecipe, options: FindOptions): Promise<string> {
  const failures: string[] = [];
  for (const way of recipe.ways) {
    try {
      options.onProgress(`Getting ${recipe.name}: ${way.name}`);
      return await installIntoCache(recipe, options, async (directory) => {
        await way.get(directory, options);
        const refusal = await whyRefused(recipe, join(directory, recipe.name));
        if (refusal !== undefined) throw new Error(refusal);
      });
    } catch (error) {
      options.signal?.throwIfAborted();
      failures.push(`  ${way.name}: ${messageOf(error)}`);
      options.onProgress(`  did not work: ${messageOf(error)}`);
    }
  }
  const advice = `install it and name it in ${recipe.setting}`;
  throw new Error(`${recipe.name} could not be had (${advice}):\n${failures.join('\n')}`);
}

/** Runs the program for its version; a program for another machine or a broken one is refused, too. */
async function whyRefused(recipe: ServerRecipe, path: string): Promise<string | undefined> {
  try {
    const version = versionIn(await runTool({ command: path, args: [recipe.versionFlag] }));
    if (recipe.oldestVersion === undefined) return undefined;
    if (version === undefined) return 'it does not tell its version';
    if (compareVersions(version, recipe.oldestVersion) >= 0) return undefined;
    return `version ${version} is too old, ${recipe.oldestVersion} or newer is needed`;
  } catch (error) {
    return `it does not run (${messageOf(error)})`;
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return error.message + cause;
}
