/** `npm run backup -- <folder>` and `npm run restore -- <folder>`: a whole site to files, and files to an empty site. */
import { resolve } from 'node:path';
import { connectBus } from '@whisper/shared/bus/connect';
import { createLogger } from '@whisper/shared/kit/logger';
import { stopSignal } from '@whisper/shared/kit/stop-signal';
import { openBlobStore } from '@whisper/shared/storage/open-blob-store';
import { applyTopology } from './apply-topology.ts';
import { backupSite, restoreSite } from './recovery/backup-site.ts';
import { topologyConfig, topologySettings } from './topology-config.ts';

const [what, folder] = process.argv.slice(2);
if (folder === undefined || (what !== 'backup' && what !== 'restore')) {
  process.stderr.write('usage: npm run backup -- <folder>   or   npm run restore -- <folder>\n');
  process.exit(2);
}
const directory = resolve(folder);
const log = createLogger('recovery', topologyConfig.LOG_LEVEL);
const startedMs = performance.now();
await using bus = await connectBus('provisioner', topologyConfig, log, stopSignal());
const blobs = openBlobStore(topologyConfig, bus);
const site = {
  bus,
  blobs: topologyConfig.BLOB_STORE === 's3' ? blobs : undefined,
  say: (line: string) => void process.stdout.write(`${line}\n`),
};
if (what === 'backup') await backupSite(site, directory);
else {
  await blobs.prepare({ audioDays: topologySettings.audioTtlDays, resultDays: 0 });
  await restoreSite(site, directory, topologySettings.replicas);
  await applyTopology(bus, blobs, topologySettings);
}
site.say(`done in ${Math.round(performance.now() - startedMs)} ms`);
