import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { referenceSchema } from '../helpers/assert-faithful.ts';
import { scenarioSchema } from '../helpers/fidelity-scenarios.ts';
import { compareLayout, type Comparison } from './fidelity/compare-layout.ts';
import { melGap } from './fidelity/mel-gap.ts';
import { findPython, runPython } from './fidelity/python.ts';

/**
 * `npm run bench:fidelity [-- tiny base …]`: the engine beside openai/whisper on the same float32 weights, scenario by
 * scenario, in both layouts. Needs Python 3.10 or newer (`PYTHON_BIN` names one that has openai-whisper already, else a
 * virtual environment is made); what was made once is kept in `.cache/fidelity`. Ends with 1 where anything differs.
 */
const MODELS = ['pico', 'tiny', 'tiny.en', 'base'];
const FIDELITY = fileURLToPath(new URL('../fidelity', import.meta.url));
const CACHE = process.env['FIDELITY_DIR'] ?? fileURLToPath(new URL('../../.cache/fidelity', import.meta.url));

const answersSchema = z.object({ tool: z.string(), scenarios: z.record(z.string(), referenceSchema) });
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const readJson = async <T>(path: string, schema: z.ZodType<T>): Promise<T> =>
  schema.parse(JSON.parse(await readFile(path, 'utf8')));

const scenarios = await readJson(join(FIDELITY, 'scenarios.json'), z.record(z.string(), scenarioSchema));
const asked = process.argv.slice(2);
let differing = 0;
for (const name of asked.length > 0 ? asked : MODELS) differing += await compareModel(name);
process.exitCode = differing === 0 ? 0 : 1;

/** Gives the number of scenarios that differ, in any layout. */
async function compareModel(name: string): Promise<number> {
  const folder = join(CACHE, name);
  if (!existsSync(join(folder, 'reference.json'))) {
    await runPython(await findPython(CACHE, FIDELITY), [join(FIDELITY, 'bench_models.py'), name, folder]);
  }
  const { tool, scenarios: answers } = await readJson(join(folder, 'reference.json'), answersSchema);
  const layouts = ['hub', 'packed'].filter((layout) => existsSync(join(folder, layout)));
  const compared: (readonly Comparison[])[] = [];
  for (const layout of layouts) compared.push(await compareLayout({ folder, layout, scenarios, answers }));
  say(
    `\n${name}, against ${tool}: tokens that are the same, of those of the reference; ${layouts.join(', ')}`,
  );
  Object.keys(answers).forEach((scenario, i) => {
    say(`${scenario.padEnd(32)}${compared.map((found) => (found[i]?.summary ?? '').padEnd(34)).join('')}`);
  });
  const { gap, frames } = await melGap(folder);
  say(`${'log-mel, largest difference'.padEnd(32)}${gap.toExponential(1)} over ${frames} frames`);
  const worse =
    compared.flat().filter(({ difference }) => difference !== undefined).length + (gap > 1e-4 ? 1 : 0);
  const total = compared.flat().length;
  say(`${name}: ${total - worse} of ${total} comparisons are the same`);
  return worse;
}
