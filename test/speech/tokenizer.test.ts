import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { blankTokens, suppressedTokens } from '@whisper/speech/decoding/suppress-tokens';
import { readModelSettings } from '@whisper/speech/model/model-files';
import { readTokenizer, type SpeechTokenizer } from '@whisper/speech/model/tokenizer';
import { suite } from '../helpers/suite.ts';

const PICO = fileURLToPath(new URL('../../models/pico', import.meta.url));

/** A GPT-2-like stand-in in which each text of `vocabulary` is one token and anything else is spelt out. */
function stubTokenizer(vocabulary: readonly string[], special: SpeechTokenizer['special']): SpeechTokenizer {
  const spell = (text: string): number[] => Array.from(text, (letter) => 500 + (letter.codePointAt(0) ?? 0));
  return {
    special,
    encode: (text) => (vocabulary.includes(text) ? [vocabulary.indexOf(text)] : spell(text)),
    decode: () => '',
  };
}

async function openPico(): Promise<SpeechTokenizer> {
  return readTokenizer(PICO, await readModelSettings(PICO));
}

suite('tokenizer', {}, (test) => {
  test('text survives encoding and decoding, whatever its alphabet', async () => {
    const tokenizer = await openPico();
    for (const text of [' four nine two seven', ' café — 你好 🎉', "it's  spaced", ' .']) {
      assert.is(tokenizer.decode(tokenizer.encode(text)), text);
    }
  });

  test('a character cut in two decodes to the replacement character, not to an error', async () => {
    const tokenizer = await openPico();
    const [first = 0] = tokenizer.encode('🎉');
    assert.is(tokenizer.decode([first]), '\ufffd');
  });

  test('special tokens and timestamps have no text', async () => {
    const tokenizer = await openPico();
    const { special } = tokenizer;
    assert.is(
      tokenizer.decode([special.startOfTranscript, special.timestampBegin + 3, special.endOfText]),
      '',
    );
    assert.is(tokenizer.decode([]), '');
  });

  test('the special tokens are those of the model', async () => {
    const { special } = await openPico();
    assert.equal([...special.languages.keys()], ['en']);
    assert.is(special.timestampBegin, special.noTimestamps + 1);
    assert.ok(special.endOfText < special.startOfTranscript);
  });
});

suite('suppressed tokens', {}, (test) => {
  test('hold the special tokens that only a prompt may hold, not the end of text', async () => {
    const tokenizer = await openPico();
    const ids = suppressedTokens(tokenizer);
    const { special } = tokenizer;
    for (const id of [
      special.startOfTranscript,
      special.transcribe,
      special.startOfPrevious,
      special.noSpeech,
    ]) {
      assert.ok(id !== undefined && ids.includes(id));
    }
    assert.not.ok(ids.includes(special.endOfText));
  });

  test('hold signs that are one token, and the first token of music signs, but not the bare space', async () => {
    const { special } = await openPico();
    const vocabulary = ['(', ' (', ' -', '-', " '", "'", 'word', ' '];
    const ids = suppressedTokens(stubTokenizer(vocabulary, special));
    assert.equal(
      vocabulary.filter((_, id) => ids.includes(id)),
      ['(', ' (', ' -', " '"],
    );
    assert.ok(ids.includes(500 + ('♪'.codePointAt(0) ?? 0)));
  });

  test('a decoding may not start blank or end at once', async () => {
    const tokenizer = await openPico();
    assert.equal(blankTokens(tokenizer), [...tokenizer.encode(' '), tokenizer.special.endOfText]);
  });
});
