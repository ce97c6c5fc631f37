import { Tensor } from 'onnxruntime-node';
import type { Aligner } from './aligner.ts';
import { floatsOf, toFloatTensor } from './half-floats.ts';
import { emptyPast, idTensor, pick } from './hub-decoder.ts';
import type { ModelSettings } from './model-files.ts';
import { floatTypeOf, outputOf, runSession, type Session } from './run-session.ts';
import { tokenLogProbabilities } from './token-log-probabilities.ts';

/** Keeps the logarithm of an attention that is 0 finite. */
const SMALLEST = 1e-30;

/**
 * The community's `_timestamped` exports give the attention of every layer, after its softmax: its logarithm is the score
 * but for a constant. Undefined for a decoder that gives none.
 */
export function createHubAligner(
  session: Session & { readonly outputNames: readonly string[] },
  settings: ModelSettings,
): Aligner | undefined {
  const layers = [...new Set(settings.alignmentHeads.map(([layer]) => layer))];
  const names = layers.map((layer) => `cross_attentions.${layer}`);
  if (!names.every((name) => session.outputNames.includes(name))) return undefined;
  return {
    crossAttention: async (window, tokens, textLimit) => {
      const hidden = outputOf(window.tensors, 'last_hidden_state');
      const feeds = {
        input_ids: idTensor([tokens]),
        encoder_hidden_states: toFloatTensor(hidden, floatTypeOf(session, 'encoder_hidden_states')),
        use_cache_branch: new Tensor('bool', [false], [1]),
        ...emptyPast(session, settings, 1),
      };
      const outputs = await runSession(session, pick(feeds, session.inputNames), ['logits', ...names]);
      const logits = floatsOf(outputOf(outputs, 'logits'));
      const { vocabularySize: size, alignmentHeads } = settings;
      const size2d = tokens.length * window.positions;
      const scores = new Float32Array(alignmentHeads.length * size2d);
      alignmentHeads.forEach(([layer, head], i) => {
        const attention = floatsOf(outputOf(outputs, `cross_attentions.${layer}`));
        const ofHead = attention.subarray(head * size2d, (head + 1) * size2d);
        scores.set(
          ofHead.map((value) => Math.log(Math.max(value, SMALLEST))),
          i * size2d,
        );
      });
      return {
        scores,
        heads: alignmentHeads.length,
        tokens: tokens.length,
        positions: window.positions,
        logProbabilities: tokenLogProbabilities(tokens, textLimit, (index) =>
          logits.subarray(index * size, (index + 1) * size),
        ),
      };
    },
  };
}
