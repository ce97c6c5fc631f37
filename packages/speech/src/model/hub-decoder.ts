import { Tensor, type InferenceSession } from 'onnxruntime-node';
import type { Decoder, DecoderRun, Logits } from './decoder.ts';
import type { EncodedWindow } from './encoded-window.ts';
import { floatsOf, toFloatTensor } from './half-floats.ts';
import type { ModelSettings } from './model-files.ts';
import { floatTypeOf, outputOf, runSession, type Session } from './run-session.ts';
import { stackRows, takeRows } from './tensor-rows.ts';

/** The session for the first call and the one for later calls: the same one where the export is merged. */
export interface DecoderSessions {
  readonly first: Session;
  readonly later: Session;
}

type Feeds = Readonly<Record<string, Tensor>>;

/** The decoder of an Optimum export. */
export function createHubDecoder(sessions: DecoderSessions, settings: ModelSettings): Decoder {
  return {
    start: (windows) => new HubDecoderRun(sessions, settings, windows),
    [Symbol.asyncDispose]: async () => {
      await sessions.first.release();
      if (sessions.later !== sessions.first) await sessions.later.release();
    },
  };
}

/**
 * The first call takes the whole prompt and computes the encoder's keys and values; later calls take one token and
 * return only dummies for those, so that the first call's are kept. Rows have one length, as the graph knows no padding.
 */
class HubDecoderRun implements DecoderRun {
  readonly #sessions: DecoderSessions;
  readonly #settings: ModelSettings;
  #hidden: Tensor;
  #past: Feeds | undefined;
  /** Which window each row listens to. */
  #windows: readonly number[];

  constructor(sessions: DecoderSessions, settings: ModelSettings, windows: readonly EncodedWindow[]) {
    this.#sessions = sessions;
    this.#settings = settings;
    this.#hidden = stackRows(windows.map(({ tensors }) => outputOf(tensors, 'last_hidden_state')));
    this.#windows = windows.map((_, i) => i);
  }

  async step(ids: readonly (readonly number[])[]): Promise<Logits> {
    const isFirst = this.#past === undefined;
    const session = isFirst ? this.#sessions.first : this.#sessions.later;
    const available = {
      input_ids: idTensor(ids),
      encoder_hidden_states: toFloatTensor(this.#hidden, floatTypeOf(session, 'encoder_hidden_states')),
      use_cache_branch: new Tensor('bool', [!isFirst], [1]),
      ...(this.#past ?? emptyPast(session, this.#settings, ids.length)),
    };
    const outputs = await runSession(session, pick(available, session.inputNames));
    this.#past = { ...this.#past, ...presentOf(outputs, isFirst) };
    return readLogits(outputOf(outputs, 'logits'), this.#settings.vocabularySize);
  }

  reorder(sources: readonly number[]): void {
    const isSame = sources.length === this.#windows.length && sources.every((source, i) => source === i);
    if (isSame || this.#past === undefined) return;
    const windows = sources.map((source) => this.#windows[source] ?? 0);
    const listensToSame = String(windows) === String(this.#windows);
    this.#windows = windows;
    if (!listensToSame) this.#hidden = takeRows(this.#hidden, sources);
    const moved = Object.entries(this.#past).map(([name, tensor]) => {
      const isOfEncoder = name.includes('.encoder.');
      return [name, isOfEncoder && listensToSame ? tensor : takeRows(tensor, sources)] as const;
    });
    this.#past = Object.fromEntries(moved);
  }
}

export function idTensor(ids: readonly (readonly number[])[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(ids.flat(), BigInt), [ids.length, ids[0]?.length ?? 0]);
}

/** The merged graph wants a past even when it does not use one: of length 0. */
export function emptyPast(session: Session, { decoderHeads, headSize }: ModelSettings, rows: number): Feeds {
  const dims = [rows, decoderHeads, 0, headSize];
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

export function pick(feeds: Feeds, names: readonly string[]): Feeds {
  return Object.fromEntries(Object.entries(feeds).filter(([name]) => names.includes(name)));
}

/** `tensor`: `[rows, tokens, vocabulary]`. */
function readLogits(tensor: Tensor, vocabularySize: number): Logits {
  const values = floatsOf(tensor);
  const count = tensor.dims[1] ?? 0;
  return {
    at: (row, index) => {
      const start = (row * count + (index < 0 ? count + index : index)) * vocabularySize;
      return values.subarray(start, start + vocabularySize);
    },
  };
}
