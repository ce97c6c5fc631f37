import { spawnSync } from 'node:child_process';
import * as assert from 'uvu/assert';
import { withoutCredentials } from '@whisper/shared/kit/logger';
import { suite } from '../helpers/suite.ts';

const PROGRAM = `
  import { createLogger } from '@whisper/shared/kit/logger';
  const log = createLogger('test', 'trace');
  log.info({ S3_SECRET_KEY: 'hush', settings: { NATS_PASSWORD: 'hush', deep: { token: 'hush' } } }, 'settings');
  let err;
  try { JSON.parse('hush hush hush hush'); } catch (cause) { err = new Error('outer', { cause }); }
  log.warn({ err: Object.assign(err, { request: { body: 'hush' } }) }, 'failed');
`;

suite('the logger', {}, (test) => {
  test('writes no secret, no value that an error carries and no text that did not parse', () => {
    const args = ['--import', 'tsx', '--conditions=development', '--input-type=module', '-e', PROGRAM];
    const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    assert.match(stdout, 'outer');
    assert.match(stdout, 'is not valid JSON');
    assert.not.match(stdout, 'hush');
  });

  test('shows addresses without who may enter', () => {
    assert.is(withoutCredentials('nats://a:b@one:4222,tls://two:4222'), 'nats://one:4222,tls://two:4222');
  });
});
