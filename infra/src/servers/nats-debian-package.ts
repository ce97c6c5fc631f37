import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { unpackDebianPackages } from './debian-package.ts';
import type { Way } from './find-server.ts';

/** Debian's stable suites are too old (no `sync_interval: always`); what comes from sid is checked like any other. */
export const natsDebianPackage: Way = {
  name: 'Debian package (sid)',
  get: async (directory, options) => {
    await unpackDebianPackages({ suite: 'sid', packages: ['nats-server'] }, directory, options);
    await rename(join(directory, 'usr/sbin/nats-server'), join(directory, 'nats-server'));
    await rm(join(directory, 'usr'), { recursive: true });
    await rm(join(directory, 'etc'), { recursive: true, force: true });
  },
};
