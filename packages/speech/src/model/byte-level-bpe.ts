import { Tokenizer } from '@huggingface/tokenizers';

/** The part of `@huggingface/tokenizers` in use. */
export interface ByteLevelBpe {
  encode(
    text: string,
    options: { readonly add_special_tokens: boolean },
  ): { readonly ids: readonly number[] };
  decode(ids: readonly number[], options: { readonly clean_up_tokenization_spaces: boolean }): string;
}

/**
 * Opens the content of a `tokenizer.json`. The package's declarations import without file extensions, which
 * `moduleResolution: nodenext` cannot follow, so its class has no type of its own and gets one here.
 * @throws any error for content of another kind.
 */
export function openBpe(content: object): ByteLevelBpe {
  const untyped: unknown = Tokenizer;
  const Constructor = untyped as new (content: object, config: object) => ByteLevelBpe;
  return new Constructor(content, {});
}
