import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { compareVersions } from '@whisper/infra/servers/compare-versions';
import { suite } from '../helpers/suite.ts';

const ROOT = new URL('../../', import.meta.url);
/** Older ones have holes that are known. */
const OLDEST: Readonly<Record<string, string>> = { multer: '2.5.0', koa: '3.3.0', minio: '8.0.7' };
const lockSchema = z.object({ packages: z.record(z.string(), z.object({ version: z.string().optional() })) });

suite('the supply chain', {}, (test) => {
  test('has no package older than the one that mended what is known', async () => {
    const text = await readFile(fileURLToPath(new URL('package-lock.json', ROOT)), 'utf8');
    const { packages } = lockSchema.parse(JSON.parse(text));
    for (const [name, oldest] of Object.entries(OLDEST)) {
      const found = Object.entries(packages).filter(([path]) => path.endsWith(`node_modules/${name}`));
      assert.ok(found.length > 0, name);
      for (const [path, { version = '0' }] of found)
        assert.ok(compareVersions(version, oldest) >= 0, `${path} is ${version}`);
    }
  });

  test('runs no script of a package at its installation', async () => {
    assert.match(await readFile(fileURLToPath(new URL('.npmrc', ROOT)), 'utf8'), /^ignore-scripts=true$/m);
  });
});
