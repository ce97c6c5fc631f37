import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { pythonWith } from '../helpers/python-with.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

const CHECKS =
  'not_a_server_error,content_type_conformance,response_schema_conformance,status_code_conformance';
const documentSchema = z.looseObject({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.looseObject({})),
});

suite(
  'the API as it is described',
  {} as { system: System },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({ engine: 'pico' });
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('it is served for programs and for people', async ({ system }) => {
      const { paths } = documentSchema.parse(await (await fetch(`${system.url}/openapi.json`)).json());
      for (const path of [
        '/transcribe',
        '/v1/audio/transcriptions',
        '/inference',
        '/asr',
        '/jobs/{id}/events',
      ]) {
        assert.ok(paths[path], path);
      }
      const page = await fetch(`${system.url}/docs`);
      assert.match(page.headers.get('content-type') ?? '', 'text/html');
      assert.is(page.headers.get('x-content-type-options'), 'nosniff');
      assert.is(page.headers.get('x-frame-options'), 'DENY');
      assert.match(await page.text(), '/v1/audio/transcriptions');
    });

    test('a fuzzing tool finds nothing that it does not say', async ({ system }) => {
      const python = await pythonWith('schemathesis');
      if (!python) return;
      const { stdout } = await promisify(execFile)(python, [
        ...['-m', 'schemathesis.cli', 'run', `${system.url}/openapi.json`, '--checks', CHECKS],
        ...['--phases', 'fuzzing,coverage', '--max-examples', '3', '--workers', '2', '--seed', '1'],
        ...['--suppress-health-check', 'all', '--request-timeout', '30'],
      ]).catch((error: unknown) => {
        throw new Error(z.object({ stdout: z.string() }).parse(error).stdout.slice(-4_000));
      });
      assert.match(stdout, /Tested: \d+/);
    });
  },
  { timeoutMs: 500_000 },
);
