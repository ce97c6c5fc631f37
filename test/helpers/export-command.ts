import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModelsContext } from '@whisper/infra/models/models-settings';
import { runModels } from '@whisper/infra/models/run-models';

const MODELS = fileURLToPath(new URL('../../models', import.meta.url));

/** `npm run models` in `root`, with this Python. */
export function exportContext(root: string, pythonPath: string | undefined): ModelsContext {
  return {
    settings: {
      modelsDirectory: join(root, 'models'),
      bundledDirectory: MODELS,
      catalogueFile: join(MODELS, 'catalogue.json'),
      exporter: join(MODELS, 'export'),
      cacheDirectory: root,
      workingDirectory: root,
      hubEndpoint: 'http://127.0.0.1:9',
      hubToken: undefined,
      pythonPath,
    },
    say: () => undefined,
    sayOver: undefined,
    signal: new AbortController().signal,
  };
}

/** `npm run models -- export CHECKPOINT --out DIR --precision PRECISION` */
export async function runExport(
  context: ModelsContext,
  checkpoint: string,
  out: string,
  precision = 'fp32',
): Promise<void> {
  await runModels(['export', checkpoint, '--out', out, '--precision', precision], context);
}
