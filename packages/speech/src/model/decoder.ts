import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { floatsOf, toFloatTensor } from './half-floats.ts';
import type { ModelSettings } from './model-files.ts';
import { floatTypeOf, outputOf, runSession, type Session } from './run-session.ts';

/** What one call of the decoder said about each of the tokens it was given. */
export interface Logits {
  /** `[vocabulary]` after input token `index`; negative counts from the end. The caller may overwrite it. */
  row(index: number): Float32Array;
}

/** One decoding of one window: it remembers keys and values of what it was given. */
export interface DecoderRun {
  step(ids: readonly number[]): Promise<Logits>;
}

export interface Decoder extends AsyncDisposable {
  /** Starts over on the hidden states of a window. */
  start(hidden: Tensor): DecoderRun;
}

/** The session for the first call and the one for later calls: the same one where the export is merged. */
export interface DecoderSessions {
  readonly first: Session;
  readonly later: Session;
}

type Feeds = Record<string, Tensor>;

/**
 * The decoder of an Optimum export. Its first call takes the whole prompt and computes the encoder's keys and values;
 * later calls take one token and return only dummies for those, so that the first call's are kept.
 */
export function createDecoder(sessions: DecoderSessions, settings: ModelSettings): Decoder {
  return {
    start: (hidden) => {
      let past: Feeds | undefined;
      return {
        step: async (ids) => {
          const session = past === undefined ? sessions.first : sessions.later;
          const available = {
            input_ids: idTensor(ids),
            encoder_hidden_states: toFloatTensor(hidden, floatTypeOf(session, 'encoder_hidden_states')),
            use_cache_branch: new Tensor('bool', [past !== undefined], [1]),
            ...(past ?? emptyPast(session, settings)),
          };
          const outputs = await runSession(session, pick(available, session.inputNames));
          past = { ...past, ...presentOf(outputs, past === undefined) };
          return readLogits(outputOf(outputs, 'logits'), settings.vocabularySize);
        },
      };
    },
    [Symbol.asyncDispose]: async () => {
      await sessions.first.release();
      if (sessions.later !== sessions.first) await sessions.later.release();
    },
  };
}

function idTensor(ids: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]);
}

/** The merged graph wants a past even when it does not use one: of length 0. */
function emptyPast(session: Session, { decoderHeads, headSize }: ModelSettings): Feeds {
  const dims = [1, decoderHeads, 0, headSize];
  const names = session.inputNames.filter((name) => name.startsWith('past_key_values.'));
  return Object.fromEntries(
    names.map((name) => {
      const type = floatTypeOf(session, name);
      return [name, new Tensor(type, type === 'float16' ? new Uint16Array() : new Float32Array(), dims)];
    }),
  );
}

function presentOf(outputs: InferenceSession.OnnxValueMapType, isFirst: boolean): Feeds {
  const names = Object.keys(outputs).filter((name) => name.startsWith('present.'));
  const kept = names.filter((name) => isFirst || name.includes('.decoder.'));
  return Object.fromEntries(
    kept.map((name) => [name.replace('present.', 'past_key_values.'), outputOf(outputs, name)]),
  );
}

function pick(feeds: Feeds, names: readonly string[]): Feeds {
  return Object.fromEntries(Object.entries(feeds).filter(([name]) => names.includes(name)));
}

function readLogits(tensor: Tensor, vocabularySize: number): Logits {
  const values = floatsOf(tensor);
  const count = values.length / vocabularySize;
  return {
    row: (index) => {
      const start = (index < 0 ? count + index : index) * vocabularySize;
      return values.subarray(start, start + vocabularySize);
    },
  };
}
