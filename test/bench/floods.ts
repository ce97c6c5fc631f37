import { openFlood } from '../helpers/half-open.ts';
import { pacedAudio } from '../helpers/paced-audio.ts';
import { startSystem } from '../helpers/start-system.ts';
import { createLoadClient, inParallel, quantile } from './measure.ts';

/**
 * `npm run bench:floods`: how honest clients fare beside 500 that do not get on. Rounds alternate between a calm server
 * and one under the flood; each request is a job of its own.
 */
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const REQUESTS = 200;
const WIDTH = 4;
const FLOOD = { 'half head': 400, 'slow body': 40, idle: 60 };

await using system = await startSystem({ engine: { paced: ['tiny'] }, slots: 4, env: { MAX_UPLOADS: '64' } });
let serial = 0;

async function measure(): Promise<readonly number[]> {
  using client = createLoadClient(`${system.url}/transcribe?model=tiny`, WIDTH);
  const ms: number[] = [];
  await inParallel(REQUESTS, WIDTH, async () => {
    const audio = await pacedAudio({ text: `honest ${serial++}`, delayMs: 0 }).text();
    ms.push(await client.post(audio));
  });
  return ms;
}

const calm: number[] = [];
const flooded: number[] = [];
await measure();
for (let round = 0; round < ROUNDS; round++) {
  calm.push(...(await measure()));
  const flood = openFlood(system.url, FLOOD);
  flooded.push(...(await measure()));
  for (const { socket } of flood) socket.destroy();
}
const say = (name: string, ms: readonly number[]): void =>
  void process.stdout.write(
    `${name.padEnd(24)} p50 ${quantile(ms, 0.5).toFixed(0)} ms   p99 ${quantile(ms, 0.99).toFixed(0)} ms\n`,
  );
say('calm', calm);
say('beside 500 half-open', flooded);
process.stdout.write(
  `p99 is ${(quantile(flooded, 0.99) / quantile(calm, 0.99)).toFixed(2)} times that of a calm server\n`,
);
