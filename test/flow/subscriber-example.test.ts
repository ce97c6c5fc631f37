import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import type { JobEventData } from '@whisper/shared/contracts/job-event';
import { publishEvent } from '@whisper/shared/bus/publish-event';
import { eventually } from '../helpers/eventually.ts';
import { startServers, type Servers } from '../helpers/start-servers.ts';
import { suite } from '../helpers/suite.ts';

const EXAMPLE = fileURLToPath(new URL('../../docs/examples/subscribe.mjs', import.meta.url));
const about = (jobId: string): JobEventData<'cancelled'> => ({
  jobId,
  resultKey: `${'0'.repeat(64)}.pico`,
  model: 'pico',
  reason: 'requested',
});

suite(
  "the documentation's subscriber",
  {} as { servers: Servers },
  (test) => {
    test.before(async (context) => {
      context.servers = await startServers();
    });
    test.after(async ({ servers }) => {
      await servers[Symbol.asyncDispose]();
    });

    test('prints what comes, and with --replay what was', async ({ servers }) => {
      await using bus = await servers.connect();
      await publishEvent({ bus, name: 'test' }, 'cancelled', about('before'));
      const env = { ...process.env, ...servers.natsEnv };
      const child = spawn(process.execPath, [EXAMPLE, '--replay', 'events.cancelled.*'], { env });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
      try {
        await eventually(() => output.includes("subject: 'before'"));
        await publishEvent({ bus, name: 'test' }, 'cancelled', about('after'));
        await eventually(() => output.includes("subject: 'after'"));
        assert.match(output, 'whisper.job.cancelled');
      } finally {
        child.kill();
      }
    });
  },
  { timeoutMs: 120_000 },
);
