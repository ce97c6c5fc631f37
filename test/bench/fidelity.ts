import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { referenceSchema, type Reference } from '../helpers/assert-faithful.ts';
import { scenarioSchema } from '../helpers/fidelity-scenarios.ts';
import { openLayout, type Comparison, type Layout } from './fidelity/compare-layout.ts';
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

/** Gives the number of comparisons that differ, in any layout. */
async function compareModel(name: string): Promise<number> {
  const folder = join(CACHE, name);
  if (!existsSync(join(folder, 'reference.json'))) {
    await runPython(await findPython(CACHE, FIDELITY), [join(FIDELITY, 'bench_models.py'), name, folder]);
  }
  const { tool, scenarios: answers } = await readJson(join(folder, 'reference.json'), answersSchema);
  const names = ['hub', 'packed'].filter((layout) => existsSync(join(folder, layout)));
  say(`\n${name}, against ${tool}: tokens that are the same, of those of the reference; ${names.join(', ')}`);
  const layouts: Layout[] = [];
  try {
    for (const layout of names) layouts.push(await openLayout(folder, layout));
    const compared = await compareScenarios(layouts, answers);
    const worse = compared.filter(({ difference }) => difference !== undefined).length;
    say(`${name}: ${compared.length - worse} of ${compared.length} comparisons are the same`);
    return worse + (await compareMel(folder));
  } finally {
    for (const layout of layouts) await layout[Symbol.asyncDispose]();
  }
}

async function compareScenarios(
  layouts: readonly Layout[],
  answers: Readonly<Record<string, Reference>>,
): Promise<readonly Comparison[]> {
  const compared: Comparison[] = [];
  for (const [name, reference] of Object.entries(answers)) {
    const scenario = scenarios[name];
    if (scenario === undefined) throw new Error(`there is no scenario ${name}`);
    const found: Comparison[] = [];
    for (const layout of layouts) found.push(await layout.compare(scenario, reference));
    say(`${name.padEnd(32)}${found.map(({ summary }) => summary.padEnd(34)).join('')}`);
    compared.push(...found);
  }
  return compared;
}

async function compareMel(folder: string): Promise<number> {
  const { gap, frames } = await melGap(folder);
  say(`log-mel: ${gap.toExponential(1)} is the largest difference over ${frames} frames`);
  return gap > 1e-4 ? 1 : 0;
}
