import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Bus } from '@whisper/shared/bus/connect';
import { readStream } from '@whisper/shared/bus/read-stream';
import { readBlobs } from './list-blobs.ts';
import type { Service } from './start-service.ts';
import type { Servers } from './start-servers.ts';

/** Kept by the servers themselves: looked at through them. What the client of the faults writes down is no store. */
const SERVERS = ['nats', 'node-0', 'minio', 'logs', 'run', 'models', 'ledger.jsonl'];

interface Scanned {
  readonly bus: Bus;
  readonly servers: Pick<Servers, 's3' | 'directory'>;
  readonly services: readonly Pick<Service, 'log'>[];
}

/**
 * Everywhere a text could lie: every message of every stream and bucket with its subject and headers, results unpacked;
 * every object of the store with its name; every file of the services with its name; what they have logged.
 * @returns where one of the needles was found
 */
export async function scanStores(
  { bus, servers, services }: Scanned,
  needles: readonly string[],
): Promise<readonly string[]> {
  const places: string[] = [];
  const look = (place: string, text: string): void => {
    const found = needles.filter((needle) => place.includes(needle) || text.includes(needle));
    if (found.length > 0) places.push(`${place}: ${found.join(', ')}`);
  };
  for await (const { config } of bus.manager.streams.list()) {
    for await (const { data, header, subject } of readStream(bus, config.name, '>')) {
      const text = Buffer.from(data).toString('latin1');
      look(`${config.name} ${subject}`, `${JSON.stringify([...header])} ${text} ${unpacked(text)}`);
    }
  }
  for (const { name, bytes } of await readBlobs(servers.s3)) {
    look(`s3 ${name}`, `${bytes.toString('latin1')} ${gunzipped(bytes)}`);
  }
  for (const path of await filesOf(servers.directory)) {
    look(`file ${path}`, await readFile(join(servers.directory, path), 'latin1').catch(() => ''));
  }
  for (const service of services) look('log', JSON.stringify(service.log()));
  return places;
}

/** Texts that a message holds compressed, or in base64. */
function unpacked(text: string): string {
  const packed = [...text.matchAll(/"(?:gzipBase64|payloadBase64)":"([^"]*)"/g)];
  return packed.map(([, base64 = '']) => gunzipped(Buffer.from(base64, 'base64'))).join(' ');
}

function gunzipped(bytes: Buffer): string {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return (isGzip ? gunzipSync(bytes) : bytes).toString('latin1');
}

async function filesOf(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .filter((path) => !SERVERS.includes(path.split('/')[0] ?? ''));
}
