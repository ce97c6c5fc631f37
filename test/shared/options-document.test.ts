import { readFile } from 'node:fs/promises';
import * as assert from 'uvu/assert';
import { OPTION_FIELDS } from '@whisper/shared/contracts/option-fields';
import { DEFAULT_OPTIONS, type TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import { suite } from '../helpers/suite.ts';

const document = await readFile(new URL('../../docs/options.md', import.meta.url), 'utf8');
const rows = new Map(
  document
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, name = '', , shown = '']) => [name.replaceAll('`', ''), shown.replaceAll('`', '')]),
);

/** Where none is given, the document may say what then happens. */
function shows(shown: string, value: TranscriptionOptions[keyof TranscriptionOptions]): boolean {
  if (value === null) return ['none', 'detected'].includes(shown);
  if (Array.isArray(value) && value.length === 0) return shown === 'all';
  return shown === [value].flat().join(',');
}

suite('the document of the options', {}, (test) => {
  test('has every option, and no other', () => {
    assert.equal([...rows.keys()].sort(), Object.values(OPTION_FIELDS).sort());
  });

  test('says their defaults', () => {
    for (const [option, field] of Object.entries(OPTION_FIELDS)) {
      const value = DEFAULT_OPTIONS[option as keyof TranscriptionOptions];
      assert.ok(shows(rows.get(field) ?? '', value), `${field}: ${rows.get(field) ?? ''}`);
    }
  });
});
