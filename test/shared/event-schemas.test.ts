import { readFile } from 'node:fs/promises';
import * as assert from 'uvu/assert';
import { eventSchemaFiles, eventSchemaPath } from '@whisper/infra/event-schemas';
import { suite } from '../helpers/suite.ts';

suite('published event schemas', {}, (test) => {
  test('docs/schemas says what the code checks; `npm run schemas` writes it', async () => {
    const files = eventSchemaFiles();
    assert.is(files.size, 7);
    for (const [file, text] of files) assert.is(await readFile(eventSchemaPath(file), 'utf8'), text, file);
  });
});
