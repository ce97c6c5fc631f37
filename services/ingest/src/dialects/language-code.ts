import { LANGUAGE_CODES, languageName } from '@whisper/speech/formats/language-name';

const CODES: ReadonlyMap<string, string> = new Map(LANGUAGE_CODES.map((code) => [languageName(code), code]));

/** The code for a language's full English name, as some clients send it; anything else as it is. */
export function languageCode(given: unknown): unknown {
  return typeof given === 'string' ? (CODES.get(given.toLowerCase()) ?? given) : given;
}
