import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { freePort } from '@whisper/infra/processes/free-port';
import { newSecret, signatureHeaders } from '@whisper/ingest/webhooks/sign-webhook';
import { eventually } from '../helpers/eventually.ts';
import { pythonWith } from '../helpers/python-with.ts';
import { suite } from '../helpers/suite.ts';

const example = (file: string): string =>
  fileURLToPath(new URL(`../../docs/examples/${file}`, import.meta.url));
const SECRET = newSecret();

function start(command: string, args: readonly string[]): { child: ChildProcess; output: () => string } {
  const child = spawn(command, args, { env: { ...process.env, WEBHOOK_SECRET: SECRET } });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  return { child, output: () => output };
}

async function post(
  url: string,
  id: string,
  { body = '{}', secret = SECRET, ageSeconds = 0 } = {},
): Promise<number> {
  const timestampSeconds = Math.floor(Date.now() / 1000) - ageSeconds;
  const headers = signatureHeaders({ id, timestampSeconds, body }, [newSecret(), secret]);
  return (await fetch(url, { method: 'POST', body, headers })).status;
}

/** What every receiver must do. */
async function behaves(url: string, output: () => string): Promise<void> {
  const body = JSON.stringify({ type: 'whisper.job.completed', data: { text: 'sieben – 七' } });
  await eventually(() => fetch(url).then(() => true));
  assert.is(await post(url, 'wh_1', { body }), 204);
  assert.is(await post(url, 'wh_1', { body }), 204);
  assert.is(await post(url, 'wh_2', { secret: newSecret() }), 401);
  assert.is(await post(url, 'wh_3', { ageSeconds: 400 }), 401);
  assert.is((await fetch(url, { method: 'POST', body: '{}' })).status, 401);
  assert.is(await post(url, 'wh_4', { body: '{"last":true}' }), 204);
  await eventually(() => output().includes('last'));
  assert.is(output(), `${body}\n{"last":true}\n`);
}

suite(
  "the documentation's receivers of webhooks",
  {},
  (test) => {
    test('in TypeScript', async () => {
      const port = await freePort();
      const args = ['--import', 'tsx', example('receive-webhooks.ts'), String(port)];
      const { child, output } = start(process.execPath, args);
      try {
        await behaves(`http://127.0.0.1:${port}/`, output);
      } finally {
        child.kill();
      }
    });

    test('in Python', async () => {
      const python = await pythonWith('http.server');
      if (!python) return;
      const port = await freePort();
      const { child, output } = start(python, [example('receive_webhooks.py'), String(port)]);
      try {
        await behaves(`http://127.0.0.1:${port}/`, output);
      } finally {
        child.kill();
      }
    });
  },
  { timeoutMs: 60_000 },
);
