import { startSystem } from '../helpers/start-system.ts';
import { createLoadClient, inParallel, quantile, type LoadClient } from './measure.ts';

/**
 * `npm run bench:pipeline`: what the pipeline itself costs, with an engine that answers at once. Real nats-server
 * (`sync_interval: always`), real MinIO, every service in its own process, the client on the same machine.
 */
const SEQUENTIAL = 300;
const PARALLEL = 1_500;
const HITS = 4_000;
const WIDTH = 32;
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const median = (values: readonly number[]): number => quantile(values, 0.5);
const unique = (n: number): string =>
  JSON.stringify({ text: `${process.pid}.${n}.${Math.random()}`, delayMs: 0 });

await using system = await startSystem({
  engine: { paced: ['tiny'] },
  slots: 16,
  env: { MAX_UPLOADS: '200' },
});
using client = createLoadClient(`${system.url}/transcribe?model=tiny`, WIDTH);
await inParallel(100, WIDTH, (n) => client.post(unique(n)));

const latencies: number[] = [];
for (let n = 0; n < SEQUENTIAL; n++) latencies.push(await client.post(unique(n)));
say(
  `added latency, one request at a time   p50 ${quantile(latencies, 0.5).toFixed(1)} ms   p99 ${quantile(latencies, 0.99).toFixed(1)} ms   (${SEQUENTIAL} jobs)`,
);

const jobs = await rates(client, PARALLEL, unique);
say(
  `jobs per second, ${WIDTH} at a time          median ${median(jobs).toFixed(0)}   of ${ROUNDS} rounds of ${PARALLEL} (${range(jobs)})`,
);

const same = unique(0);
await client.post(same);
const hits = await rates(client, HITS, () => same);
say(
  `cache hits per second, ${WIDTH} at a time    median ${median(hits).toFixed(0)}   of ${ROUNDS} rounds of ${HITS} (${range(hits)})`,
);

async function rates(
  load: LoadClient,
  count: number,
  audio: (n: number) => string,
): Promise<readonly number[]> {
  const found: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startedMs = performance.now();
    await inParallel(count, WIDTH, (n) => load.post(audio(n)));
    found.push((count * 1000) / (performance.now() - startedMs));
  }
  return found;
}

function range(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(0)}–${Math.max(...values).toFixed(0)}`;
}
