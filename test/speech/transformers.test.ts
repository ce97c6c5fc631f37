import { join } from 'node:path';
import type { SpeechModel } from '@whisper/speech/model/speech-model';
import { suite } from '../helpers/suite.ts';
import {
  assertAsTransformers,
  loadCpuModel,
  readTransformersCases,
  TRANSFORMERS,
} from '../helpers/transformers-golden.ts';

const LAYOUTS = { 'the community’s layout': 'fp32', 'our layout': 'packed-fp32' };
const { tool, cases } = await readTransformersCases();

for (const [layout, precision] of Object.entries(LAYOUTS)) {
  suite<{ model: (SpeechModel & AsyncDisposable) | undefined }>(
    `as ${tool} has it, ${layout}`,
    { model: undefined },
    (test) => {
      test.before(async (ctx) => {
        ctx.model = await loadCpuModel(join(TRANSFORMERS, 'model'), precision);
      });
      test.after(async ({ model }) => {
        await model?.[Symbol.asyncDispose]();
      });

      for (const one of cases) {
        test(one.name, async ({ model }) => {
          if (model === undefined) throw new Error('there is no model');
          await assertAsTransformers(model, one);
        });
      }
    },
  );
}
