import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { withSettingsFromFiles } from '@whisper/shared/kit/settings-from-files';
import { suite } from '../helpers/suite.ts';

suite('settings from files', { directory: '' }, (test) => {
  test.before(async (context) => {
    context.directory = await mkdtemp(join(tmpdir(), 'settings-'));
    await writeFile(join(context.directory, 'secret'), 'from the file\n');
  });
  test.after(async ({ directory }) => {
    await rm(directory, { recursive: true, force: true });
  });

  test('are read without their line end', ({ directory }) => {
    const env = withSettingsFromFiles(['SECRET'], { SECRET_FILE: join(directory, 'secret') });
    assert.is(env['SECRET'], 'from the file');
  });

  test('give way to a value that is given itself, and leave other files alone', ({ directory }) => {
    const path = join(directory, 'secret');
    assert.is(withSettingsFromFiles(['SECRET'], { SECRET: 'x', SECRET_FILE: path })['SECRET'], 'x');
    assert.is(withSettingsFromFiles(['OTHER', 'CA_FILE'], { CA_FILE: path })['CA'], undefined);
  });

  test('that are not there are named', () => {
    assert.throws(
      () => withSettingsFromFiles(['SECRET'], { SECRET_FILE: '/nowhere' }),
      /^SECRET_FILE: \/nowhere cannot be read$/,
    );
  });
});
