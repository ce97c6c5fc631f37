import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { readModelSettings } from '@whisper/speech/model/model-files';
import { suite } from '../helpers/suite.ts';

const PICO = fileURLToPath(new URL('../../models/pico', import.meta.url));
const NAMES = ['config.json', 'generation_config.json', 'preprocessor_config.json'];

suite<{ folder: string }>('files of a model', { folder: '' }, (test) => {
  test.before(async (context) => {
    context.folder = await mkdtemp(join(tmpdir(), 'whisper-model-files-'));
    for (const name of NAMES) await cp(join(PICO, name), join(context.folder, name));
  });
  test.after(({ folder }) => rm(folder, { recursive: true, force: true }));

  test('pico asks for five beams, and not to be told what was said before', async () => {
    const { beamSize, conditionsOnPrevious } = await readModelSettings(PICO);
    assert.equal({ beamSize, conditionsOnPrevious }, { beamSize: 5, conditionsOnPrevious: false });
  });

  for (const [beams, expected] of [
    [1, null],
    [undefined, null],
    [16, 16],
  ] as const) {
    test(`num_beams ${beams}: ${expected ?? 'greedy'}`, async ({ folder }) => {
      await changeBeams(folder, beams);
      assert.is((await readModelSettings(folder)).beamSize, expected);
    });
  }

  test('more beams than a request may ask for are refused, and the file is named', async ({ folder }) => {
    await changeBeams(folder, 17);
    const error = await readModelSettings(folder).catch((reason: unknown) => reason);
    assert.instance(error, PipelineError);
    assert.match((error as PipelineError).message, /generation_config\.json.*num_beams/s);
  });
});

async function changeBeams(folder: string, beams: number | undefined): Promise<void> {
  const path = join(folder, 'generation_config.json');
  const content = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  await writeFile(path, JSON.stringify({ ...content, num_beams: beams }));
}
