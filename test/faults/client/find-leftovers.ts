import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bus } from '@whisper/shared/bus/connect';
import { CONSUMERS, INTAKE_STREAM, workStream } from '@whisper/shared/contracts/topology';
import { LANES } from '@whisper/shared/contracts/identifiers';
import { listBlobs, listIncompleteUploads } from '../../helpers/list-blobs.ts';
import { servicesOf, type Site } from '../site/site.ts';

/** What is there that should not be, once all jobs have ended: one line each. */
export async function findLeftovers(site: Site, sent: ReadonlySet<string>): Promise<readonly string[]> {
  await using bus = await site.connect();
  const found = await Promise.all([
    queued(bus),
    strayBlobs(site, sent),
    spooled(site.directory),
    strayProcesses(site),
  ]);
  return [...found.flat(), ...uncaught(site)];
}

async function queued(bus: Bus): Promise<readonly string[]> {
  const streams = [INTAKE_STREAM, ...LANES.map(workStream)];
  const infos = await Promise.all(streams.map((name) => bus.manager.streams.info(name)));
  const consumers = await Promise.all(
    CONSUMERS.map(({ stream, name }) => bus.manager.consumers.info(stream, name)),
  );
  return [
    ...infos
      .filter(({ state }) => state.messages > 0)
      .map(({ config, state }) => `${config.name} holds ${state.messages} messages`),
    ...consumers
      .filter(({ num_pending, num_ack_pending }) => num_pending + num_ack_pending > 0)
      .map(
        ({ name, stream_name, num_pending, num_ack_pending }) =>
          `${stream_name}/${name} has ${num_pending} pending, ${num_ack_pending} unacknowledged`,
      ),
  ];
}

/** Audio that no client ever sent, and uploads that were begun and left. */
async function strayBlobs({ s3Settings }: Site, sent: ReadonlySet<string>): Promise<readonly string[]> {
  const names = await listBlobs(s3Settings, 'audio/');
  const incomplete = await listIncompleteUploads(s3Settings);
  return [
    ...names.filter((name) => !sent.has(name.slice('audio/'.length))).map((name) => `object ${name}`),
    ...incomplete.map((name) => `incomplete upload ${name}`),
  ];
}

/** Files in the private folders of processes, and folders of processes that are gone. */
async function spooled(directory: string): Promise<readonly string[]> {
  const paths = await readdir(join(directory, 'spool'), { recursive: true });
  return paths.filter((path) => path.includes('/')).map((path) => `spooled file ${path}`);
}

/** Engines and decoders that belong to this site but to none of its services. */
async function strayProcesses(site: Site): Promise<readonly string[]> {
  const services = servicesOf(site).map((service) => service.pid());
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const stray = await Promise.all(
    pids.map(async (pid) => {
      const { command, environment, parent } = await describe(pid);
      const isOurs = environment.includes(site.directory) || command.includes(site.directory);
      const isHelper = /engine|ffmpeg|bwrap/.test(command);
      return isOurs && isHelper && !services.includes(parent) ? [`process ${pid}: ${command}`] : [];
    }),
  );
  return stray.flat();
}

interface Described {
  readonly command: string;
  readonly environment: string;
  readonly parent: number;
}

async function describe(pid: number): Promise<Described> {
  const read = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, 'latin1').catch(() => '');
  const [command, environment, stat] = await Promise.all([read('cmdline'), read('environ'), read('stat')]);
  const [, parent = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { command: command.replaceAll('\0', ' ').trim(), environment, parent: Number(parent) };
}

/** Services that ended by themselves, and what they said then. */
function uncaught(site: Site): readonly string[] {
  return servicesOf(site).flatMap((service) => [
    ...service.stray().map((line) => `${service.name} wrote: ${line}`),
    ...service
      .endings()
      .filter(({ wanted }) => !wanted)
      .map(({ code, signal }) => `${service.name} ended by itself: ${signal ?? `code ${code ?? '?'}`}`),
    ...service
      .log()
      .filter((line) => line['level'] === 'fatal')
      .map(({ msg }) => `${service.name} fatal: ${msg}`),
  ]);
}
