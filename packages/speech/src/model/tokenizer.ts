import { join } from 'node:path';
import { z } from 'zod';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { openBpe, type ByteLevelBpe } from './byte-level-bpe.ts';
import type { ModelSettings } from './model-files.ts';
import { readJson, reasonOf } from './read-json.ts';

const tokenizerSchema = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.int().nonnegative(), content: z.string() })),
  model: z.looseObject({ type: z.literal('BPE'), vocab: z.record(z.string(), z.int().nonnegative()) }),
});

/** Ids of the tokens that steer the decoder. Text tokens lie below `endOfText`, timestamps from `timestampBegin` on. */
export interface SpecialTokens {
  readonly endOfText: number;
  readonly startOfTranscript: number;
  readonly translate: number;
  readonly transcribe: number;
  readonly startOfLanguageModel: number | undefined;
  readonly startOfPrevious: number;
  readonly noSpeech: number | undefined;
  readonly noTimestamps: number;
  readonly timestampBegin: number;
  /** Ids by ISO 639 code, such as `en`; only English for a model of English alone. */
  readonly languages: ReadonlyMap<string, number>;
}

/** Text to tokens and back, by the byte-level BPE of the model's own `tokenizer.json`. */
export interface SpeechTokenizer {
  readonly special: SpecialTokens;
  encode(text: string): readonly number[];
  /**
   * Text of the tokens below `limit` among `ids`, of the text tokens alone unless it is given; decode a segment at once,
   * as one character may span several tokens.
   */
  decode(ids: readonly number[], limit?: number): string;
}

/** @throws PipelineError `model_unavailable` that names `tokenizer.json` when it is missing or of another kind. */
export async function readTokenizer(directory: string, settings: ModelSettings): Promise<SpeechTokenizer> {
  const path = join(directory, 'tokenizer.json');
  const content = await readJson(path, tokenizerSchema);
  const ids = new Map(content.added_tokens.map((token) => [token.content, token.id]));
  const tokenizer = openTokenizer(path, content);
  const special = findSpecialTokens(path, ids, settings);
  return {
    special,
    encode: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids,
    decode: (tokens, limit = special.endOfText) => decodeText(tokenizer, tokens, limit),
  };
}

function openTokenizer(path: string, content: object): ByteLevelBpe {
  try {
    return openBpe(content);
  } catch (cause) {
    throw new PipelineError('model_unavailable', `${path} is no tokenizer: ${reasonOf(cause)}`, { cause });
  }
}

function decodeText(tokenizer: ByteLevelBpe, ids: readonly number[], limit: number): string {
  const text = ids.filter((id) => id < limit);
  return text.length === 0 ? '' : tokenizer.decode(text, { clean_up_tokenization_spaces: false });
}

function findSpecialTokens(
  path: string,
  ids: ReadonlyMap<string, number>,
  settings: ModelSettings,
): SpecialTokens {
  const idOf = (content: string): number => {
    const id = ids.get(content);
    if (id === undefined) throw new PipelineError('model_unavailable', `${path} lacks the token ${content}.`);
    return id;
  };
  const noTimestamps = idOf('<|notimestamps|>');
  return {
    endOfText: idOf('<|endoftext|>'),
    startOfTranscript: idOf('<|startoftranscript|>'),
    translate: idOf('<|translate|>'),
    transcribe: idOf('<|transcribe|>'),
    startOfLanguageModel: ids.get('<|startoflm|>'),
    startOfPrevious: idOf('<|startofprev|>'),
    noSpeech: ids.get('<|nospeech|>') ?? ids.get('<|nocaptions|>'), // the older name of the same token
    noTimestamps,
    timestampBegin: noTimestamps + 1, // early exports leave the timestamps out of added_tokens
    languages: findLanguages(ids, settings),
  };
}

/** What the model itself lists, else every token of the form `<|xx|>`; English alone has the other tokens unused. */
function findLanguages(ids: ReadonlyMap<string, number>, settings: ModelSettings): Map<string, number> {
  const listed = Object.entries(settings.languageIds);
  const spelt = [...ids].flatMap(([content, id]) => {
    const code = /^<\|([a-z]{2,3})\|>$/.exec(content)?.[1];
    return code === undefined ? [] : [[code, id] as const];
  });
  const known = listed.length > 0 ? listed : spelt;
  return new Map(known.filter(([code]) => settings.multilingual || code === 'en'));
}
