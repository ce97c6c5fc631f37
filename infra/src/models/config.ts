import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { readSettings, text } from '@whisper/shared/kit/config';
import type { ModelsSettings } from './models-settings.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

const shape = {
  MODELS_DIR: text('.data/models'),
  CACHE_DIR: text('.cache'),
  HF_ENDPOINT: z.url().default('https://huggingface.co'),
  HF_TOKEN: z.string().optional(),
  PYTHON_BIN: z.string().optional(),
  /** Set by npm, which itself changes to the root of the repository. */
  INIT_CWD: z.string().optional(),
} as const;

const settings = readSettings(shape, process.env);

/** Settings of `npm run models`, from the environment. */
export const modelsSettings: ModelsSettings = {
  modelsDirectory: resolve(root, settings.MODELS_DIR),
  bundledDirectory: resolve(root, 'models'),
  catalogueFile: resolve(root, 'models/catalogue.json'),
  exporter: resolve(root, 'models/export'),
  cacheDirectory: resolve(root, settings.CACHE_DIR),
  workingDirectory: settings.INIT_CWD ?? process.cwd(),
  hubEndpoint: settings.HF_ENDPOINT,
  hubToken: settings.HF_TOKEN,
  pythonPath: settings.PYTHON_BIN,
};
