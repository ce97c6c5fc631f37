import * as assert from 'uvu/assert';
import type { Transcript } from '@whisper/shared/contracts/transcript';
import { languageName } from '@whisper/speech/formats/language-name';
import { toVerboseTranscript } from '@whisper/speech/formats/verbose-json';
import { suite } from '../../helpers/suite.ts';

const transcript: Transcript = {
  text: 'Guten Tag.',
  language: 'de',
  durationSeconds: 1.52,
  segments: [
    {
      id: 0,
      seek: 0,
      startSeconds: 0,
      endSeconds: 1.4,
      text: ' Guten Tag.',
      tokens: [50364, 1, 50434],
      temperature: 0.2,
      avgLogprob: -0.5,
      compressionRatio: 0.9,
      noSpeechProbability: 0.01,
      words: [
        { word: ' Guten', startSeconds: 0, endSeconds: 0.6, probability: 0.9 },
        { word: ' Tag.', startSeconds: 0.6, endSeconds: 1.4, probability: 0.8 },
      ],
    },
  ],
};

suite('verbose_json', {}, (test) => {
  test('has segments by their names at OpenAI, and no words unless asked', () => {
    assert.equal(toVerboseTranscript(transcript, { task: 'transcribe', granularities: ['segment'] }), {
      task: 'transcribe',
      language: 'german',
      duration: 1.52,
      text: 'Guten Tag.',
      segments: [
        {
          id: 0,
          seek: 0,
          start: 0,
          end: 1.4,
          text: ' Guten Tag.',
          tokens: [50364, 1, 50434],
          temperature: 0.2,
          avg_logprob: -0.5,
          compression_ratio: 0.9,
          no_speech_prob: 0.01,
        },
      ],
      usage: { type: 'duration', seconds: 2 },
    });
  });

  test('has words at the top, without their space, and no segments where only words were asked for', () => {
    const { words, segments } = toVerboseTranscript(transcript, {
      task: 'transcribe',
      granularities: ['word'],
    });
    assert.equal(words, [
      { word: 'Guten', start: 0, end: 0.6 },
      { word: 'Tag.', start: 0.6, end: 1.4 },
    ]);
    assert.is(segments, undefined);
  });

  test('a translation is in English', () => {
    assert.is(toVerboseTranscript(transcript, { task: 'translate', granularities: [] }).language, 'english');
  });

  test('languages go by their full names in lower case', () => {
    assert.is(languageName('yue'), 'cantonese');
    assert.is(languageName('ht'), 'haitian creole');
    assert.is(languageName('xx'), 'xx');
  });
});
