import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Bus } from '@whisper/shared/bus/connect';
import { jobSubmitted } from '@whisper/shared/contracts/job-submitted';
import { workAssigned } from '@whisper/shared/contracts/work-assigned';
import { eventually } from '../helpers/eventually.ts';
import { listBlobs } from '../helpers/list-blobs.ts';
import { pacedSegments, type PacedAudio } from '../helpers/paced-audio.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

/** Words that no log, subject, header, page or list of processes may ever hold. */
const CANARY = /canary/i;
const SECRETS = ['whisper-secret', 'canary-hub-token'];

interface Heard {
  readonly subject: string;
  readonly rest: string;
}

interface Context {
  system: System;
  bus: Bus;
  readonly heard: Heard[];
  readonly answers: string[];
  blobs: readonly string[];
}

const audioOf = (more: Partial<PacedAudio> = {}): Blob =>
  pacedSegments([' canary one', ' canary two'], 5, more);

async function post(
  url: string,
  path: string,
  fields: Readonly<Record<string, string>>,
  audio: Blob,
): Promise<string> {
  const form = new FormData();
  form.set('file', audio, 'canary-file-name.wav');
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  const response = await fetch(`${url}${path}`, { method: 'POST', body: form });
  const headers = [...response.headers].flat().join('\n');
  const body = await response.text();
  return response.ok ? headers : `${headers}\n${body}`;
}

/** Subjects and headers of all that is said; of events, which are read widely, also what they say. */
function hearEverything(bus: Bus, heard: Heard[]): void {
  bus.connection.subscribe('>', {
    callback: (error, message) => {
      if (error) return;
      const { subject, headers } = message;
      const body = subject.startsWith('events.') || subject.startsWith('wake.') ? message.string() : '';
      heard.push({
        subject: `${subject} ${message.reply ?? ''}`,
        rest: `${JSON.stringify([...(headers ?? [])])} ${body}`,
      });
    },
  });
}

suite(
  'private words',
  { heard: [], answers: [] } as unknown as Context,
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({
        engine: { paced: ['tiny'] },
        env: {
          LOG_LEVEL: 'trace',
          HF_TOKEN: 'canary-hub-token',
          ENGINE_STALL_SECONDS: '5',
          MAX_ATTEMPTS: '1',
        },
      });
      context.bus = await context.system.servers.connect();
      hearEverything(context.bus, context.heard);
    });
    test.after(async ({ system, bus }) => {
      await bus[Symbol.asyncDispose]();
      await system[Symbol.asyncDispose]();
    });

    test('are sent along every way there is', async (context) => {
      const { system, bus, answers } = context;
      const { url } = system;
      const prompt = { model: 'tiny', initial_prompt: 'canary prompt', hotwords: 'canary hot words' };
      answers.push(await post(url, '/transcribe', prompt, audioOf()));
      answers.push(
        await post(url, '/v1/audio/transcriptions', { model: 'tiny', prompt: 'canary' }, audioOf()),
      );
      answers.push(await post(url, '/transcribe', prompt, audioOf({ delayMs: 1, fault: 'crash' })));
      answers.push(await post(url, '/transcribe', prompt, audioOf({ delayMs: 2, fault: 'nonsense' })));
      answers.push(await post(url, '/transcribe', { model: 'tiny', temperature: 'hot' }, audioOf()));
      answers.push(await post(url, '/transcribe', { model: 'none' }, audioOf()));
      answers.push(await post(url, '/jobs', prompt, audioOf({ delayMs: 3 })));
      const submission = jobSubmitted.subject({ modelClass: 'light', tenant: 'default' });
      const work = workAssigned.subject({ lane: 'cpu', modelClass: 'light' });
      for (const body of ['canary canary canary', '{"jobId": canary']) {
        await bus.jetstream.publish(submission, body);
        await bus.jetstream.publish(work, body);
      }
      await eventually(async () => (await bus.manager.streams.info('DEAD')).state.messages >= 4, {
        timeoutMs: 20_000,
      });
      context.blobs = await listBlobs(system.servers.s3);
    });

    test('and past a store that breaks off', async ({ system, answers }) => {
      const { process: minio } = system.servers.minio;
      await minio.stop(5_000);
      answers.push(await post(system.url, '/transcribe', { model: 'tiny' }, audioOf({ delayMs: 4 })));
      assert.match(answers.at(-1) ?? '', 'storage_unavailable');
    });

    test('are in no log', async ({ system }) => {
      const logs = [system.ingest, system.scheduler, system.worker].map((service) => service.output());
      assert.ok(logs.every((log) => log.length > 0));
      for (const file of await readdir(join(system.servers.directory, 'logs')))
        logs.push(await readFile(join(system.servers.directory, 'logs', file), 'utf8'));
      const lines = logs.flatMap((log) => log.split('\n'));
      assert.equal(
        lines.filter((line) => CANARY.test(line) || SECRETS.some((each) => line.includes(each))),
        [],
      );
    });

    test('are in no subject, header, event, stream, key or object name', async ({ bus, heard, blobs }) => {
      assert.ok(heard.some(({ subject }) => subject.startsWith('events.completed.')));
      assert.equal(
        heard.filter(({ subject, rest }) => CANARY.test(subject) || CANARY.test(rest)),
        [],
      );
      const names: string[] = [];
      for await (const { config } of bus.manager.streams.list()) {
        const { state } = await bus.manager.streams.info(config.name, { subjects_filter: '>' });
        names.push(config.name, ...Object.keys(state.subjects ?? {}));
      }
      assert.ok(names.some((name) => name.startsWith('$KV.results.')));
      names.push(...blobs);
      assert.equal(
        names.filter((name) => CANARY.test(name)),
        [],
      );
    });

    test('are on no page and in no error', async ({ system, answers }) => {
      const pages = await Promise.all(
        ['/status', '/jobs', '/readyz', '/openapi.json'].map(async (path) =>
          (await fetch(`${system.url}${path}`)).text(),
        ),
      );
      const html = await (await fetch(`${system.url}/status`, { headers: { accept: 'text/html' } })).text();
      assert.equal(
        [...pages, html, ...answers].filter((text) => CANARY.test(text)),
        [],
      );
    });

    test('are in no list of processes', async ({ system }) => {
      const pids = [system.ingest, system.scheduler, system.worker].map(({ process }) => process.pid ?? 0);
      const commands = await Promise.all(
        [...pids, system.servers.nats.pid ?? 0].map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8')),
      );
      assert.ok(commands.every((command) => command.length > 0));
      assert.equal(
        commands.filter((line) => CANARY.test(line) || SECRETS.some((each) => line.includes(each))),
        [],
      );
    });
  },
  { timeoutMs: 60_000 },
);
