import type { FindOptions, Way } from './find-server.ts';
import { findGo, type GoToolchain } from './go-toolchain.ts';
import { reportEvery } from './report-every.ts';
import { runTool } from './run-tool.ts';

const REPORT_INTERVAL_MS = 5000;

/** Builds a pinned version; the checksum database of Go vouches for the sources. */
export function goInstall(module: string, expectedMinutes: number): Way {
  return {
    name: `go install ${module}`,
    get: async (directory, options) => {
      const go = await findGo(options);
      options.onProgress(`  building with Go, once; about ${expectedMinutes} min on two cores`);
      await build(module, go, directory, options);
    },
  };
}

async function build(
  module: string,
  go: GoToolchain,
  directory: string,
  options: FindOptions,
): Promise<void> {
  let downloaded = 0;
  let compiled = 0;
  const onLine = (line: string): void => {
    if (line.startsWith('go: downloading')) downloaded += 1;
    else compiled += 1; // -v names each package
  };
  const report = (seconds: number): void => {
    options.onProgress(`  ${seconds} s: ${downloaded} modules downloaded, ${compiled} packages compiled`);
  };
  const env = buildEnvironment(go, directory);
  const args = ['install', '-v', module];
  await reportEvery(REPORT_INTERVAL_MS, report, () =>
    runTool({ command: go.command, args, env, cwd: directory, signal: options.signal, onLine }),
  );
}

/** Settings of the user that suit a project of their own would break a plain build for this machine. */
function buildEnvironment(go: GoToolchain, directory: string): NodeJS.ProcessEnv {
  return {
    ...go.env,
    GOOS: undefined,
    GOARCH: undefined,
    GOBIN: directory,
    GOFLAGS: '-modcacherw', // an empty value would bring back what `go env -w` has stored
    GOWORK: 'off',
    GO111MODULE: 'on',
    CGO_ENABLED: '0',
    GOTOOLCHAIN: go.env['GOTOOLCHAIN'] ?? 'auto', // go.mod may ask for a newer Go, which then fetches it
  };
}
