import { findServer, type FindOptions, type Way } from './find-server.ts';
import { goInstall } from './go-install.ts';
import { goOnPath } from './go-toolchain.ts';
import { natsDebianPackage } from './nats-debian-package.ts';
import { natsRelease } from './nats-release.ts';

const VERSION = '2.15.1';

/** Older servers have known holes, and the oldest cannot write to the disk before they acknowledge. */
const OLDEST_VERSION = '2.14.6';

export async function findNatsServer(options: FindOptions): Promise<string> {
  return findServer(
    {
      name: 'nats-server',
      setting: 'NATS_SERVER_BIN',
      version: VERSION,
      oldestVersion: OLDEST_VERSION,
      versionFlag: '-v',
      ways: [natsRelease(VERSION), ...(await otherWays(options))],
    },
    options,
  );
}

/** Without Go, Debian's package (seconds) goes before fetching Go and building (minutes). */
async function otherWays(options: FindOptions): Promise<readonly Way[]> {
  const build = goInstall(`github.com/nats-io/nats-server/v2@v${VERSION}`, 1);
  return (await goOnPath(options)) ? [build, natsDebianPackage] : [natsDebianPackage, build];
}
