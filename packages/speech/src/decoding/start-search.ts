import type { WhisperModel } from '../model/whisper-model.ts';
import { BeamSearch } from './beam-search.ts';
import type { DecodingTry } from './decode-windows.ts';
import { SamplingSearch } from './sampling-search.ts';
import type { Search } from './search.ts';
import { seededRandom } from './seeded-random.ts';

/** Beams are for temperature 0, several texts for those above, as in the reference's `decode_with_fallback`. */
export function startSearch(
  model: WhisperModel,
  { options, temperature }: DecodingTry,
  seek: number,
): Search {
  const { endOfText } = model.tokenizer.special;
  const { patience, bestOf, seed } = options;
  const beamSize = options.beamSize ?? model.settings.beamSize;
  if (temperature === 0 && beamSize !== null) {
    return new BeamSearch({ beamSize, patience: patience ?? 1, endOfText });
  }
  const count = temperature === 0 ? 1 : (bestOf ?? 1);
  const randoms = Array.from({ length: count }, (_, text) => seededRandom(mixSeeds(seed, seek, text)));
  return new SamplingSearch({ temperature, endOfText, randoms });
}

/** Each window and each text of it draws its own numbers; multiplied by odd constants so that neighbours are far apart. */
function mixSeeds(seed: number, seek: number, text: number): number {
  return seed ^ Math.imul(seek, 0x9e37_79b1) ^ Math.imul(text, 0x85eb_ca6b);
}
