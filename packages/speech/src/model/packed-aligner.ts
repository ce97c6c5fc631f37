import type { Aligner } from './aligner.ts';
import { floatsOf } from './half-floats.ts';
import type { ModelSettings } from './model-files.ts';
import { PackedDecoderRun } from './packed-decoder.ts';
import { outputOf, type Session } from './run-session.ts';
import { tokenLogProbabilities } from './token-log-probabilities.ts';

/** The decoder of our own export gives the scores of its alignment heads when it is asked. */
export function createPackedAligner(session: Session, settings: ModelSettings): Aligner {
  return {
    crossAttention: async (window, tokens, textLimit) => {
      const run = new PackedDecoderRun(session, settings, [window]);
      const all = tokens.map((_, i) => i);
      const outputs = await run.run([tokens], all, ['logits', 'alignment']);
      const logits = floatsOf(outputOf(outputs, 'logits'));
      const { vocabularySize: size } = settings;
      const alignment = outputOf(outputs, 'alignment');
      return {
        scores: floatsOf(alignment),
        heads: alignment.dims[1] ?? 0,
        tokens: tokens.length,
        positions: window.positions,
        logProbabilities: tokenLogProbabilities(tokens, textLimit, (index) =>
          logits.subarray(index * size, (index + 1) * size),
        ),
      };
    },
  };
}
