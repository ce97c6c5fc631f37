import { Tensor } from 'onnxruntime-node';
import { CrossRows } from './cross-rows.ts';
import type { Decoder, DecoderRun, Logits } from './decoder.ts';
import type { EncodedWindow } from './encoded-window.ts';
import { floatToHalf, floatsOf } from './half-floats.ts';
import { KvStore } from './kv-store.ts';
import type { ModelSettings } from './model-files.ts';
import { floatTypeOf, outputOf, runSession, type Session } from './run-session.ts';

/** Far below any score, and within the range of half floats. */
const HIDDEN = -60_000;

/** The decoder of our own export: `models/export/decoder_graph.py` says what its inputs are. */
export function createPackedDecoder(session: Session, settings: ModelSettings): Decoder {
  return {
    start: (windows) => new PackedDecoderRun(session, settings, windows),
    [Symbol.asyncDispose]: () => session.release(),
  };
}

/** Rows have one length: their prompts are equally long, and they take equally many tokens a step. */
export class PackedDecoderRun implements DecoderRun {
  readonly #session: Session;
  readonly #settings: ModelSettings;
  readonly #type: 'float32' | 'float16';
  readonly #cross: CrossRows;
  readonly #past: KvStore;

  constructor(session: Session, settings: ModelSettings, windows: readonly EncodedWindow[]) {
    const { decoderLayers, decoderHeads, headSize } = settings;
    this.#session = session;
    this.#settings = settings;
    this.#type = floatTypeOf(session, 'past_kv');
    const crossInputs = session.inputNames.filter((name) => name.startsWith('cross.'));
    this.#cross = new CrossRows(windows, crossInputs);
    this.#past = new KvStore(this.#type, 2 * decoderLayers * decoderHeads * headSize, windows.length);
  }

  async step(ids: readonly (readonly number[])[], asked: readonly number[] = [-1]): Promise<Logits> {
    const tokens = ids[0]?.length ?? 0;
    const wanted = asked.map((index) => (index < 0 ? tokens + index : index));
    const outputs = await this.run(ids, wanted, ['logits']);
    return readLogits(floatsOf(outputOf(outputs, 'logits')), { tokens, wanted, ...this.#settings });
  }

  reorder(sources: readonly number[]): void {
    this.#cross.reorder(sources);
    this.#past.reorder(sources);
  }

  /** One call of the graph, with logits for the tokens at `wanted` of each row. */
  async run(
    ids: readonly (readonly number[])[],
    wanted: readonly number[],
    outputNames: readonly string[],
  ): Promise<Readonly<Record<string, Tensor>>> {
    const tokens = ids[0]?.length ?? 0;
    const { length } = this.#past;
    const positions = ids.map((row) => row.map((_, i) => length + i));
    const logitRows = ids.flatMap((_, row) => wanted.map((index) => row * tokens + index));
    const feeds = {
      input_ids: idTensor(ids.flat(), [ids.length, tokens]),
      position_ids: idTensor(positions.flat(), [ids.length, tokens]),
      attn_bias: causalBias(this.#type, { rows: ids.length, tokens, length }),
      past_kv: this.#past.tensor(),
      logit_rows: idTensor(logitRows, [logitRows.length]),
      ...this.#cross.tensors(),
    };
    const outputs = await runSession(this.#session, feeds, [...outputNames, 'kv_new']);
    this.#past.append(outputOf(outputs, 'kv_new'));
    return outputs;
  }
}

function idTensor(ids: readonly number[], dims: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(ids, BigInt), dims);
}

interface Shape {
  readonly rows: number;
  readonly tokens: number;
  /** Tokens before these. */
  readonly length: number;
}

/** A token looks at those before it and at itself: 0 there, very little where not. */
function causalBias(type: 'float32' | 'float16', { rows, tokens, length }: Shape): Tensor {
  const keys = length + tokens;
  const dims = [rows, 1, tokens, keys];
  const size = rows * tokens * keys;
  const values = type === 'float32' ? new Float32Array(size) : new Uint16Array(size);
  const hidden = type === 'float32' ? HIDDEN : floatToHalf(HIDDEN);
  for (let query = 0; query < rows * tokens; query += 1) {
    values.fill(hidden, query * keys + length + (query % tokens) + 1, (query + 1) * keys);
  }
  return values instanceof Float32Array
    ? new Tensor('float32', values, dims)
    : new Tensor('float16', values, dims);
}

interface Wanted {
  readonly tokens: number;
  readonly wanted: readonly number[];
  readonly vocabularySize: number;
}

/** `values`: `[rows, wanted, vocabulary]`. */
function readLogits(values: Float32Array, { tokens, wanted, vocabularySize }: Wanted): Logits {
  return {
    at: (row, index) => {
      const place = wanted.indexOf(index < 0 ? tokens + index : index);
      if (place === -1) throw new RangeError(`No logits were kept for token ${index}`);
      const start = (row * wanted.length + place) * vocabularySize;
      return values.subarray(start, start + vocabularySize);
    },
  };
}
