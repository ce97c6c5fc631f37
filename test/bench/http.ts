import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { pacedSegments } from '../helpers/paced-audio.ts';
import { postForm } from '../helpers/post-form.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { createLoadClient, inParallel, quantile } from './measure.ts';

/**
 * `npm run bench:http`: what the HTTP face costs: answers from the cache, large uploads side by side, and many clients that
 * wait. Real servers, each service in its own process, the client on the same machine; rounds alternate between
 * what is measured, and medians are told.
 */
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const HITS = 2_000;
const HIT_WIDTH = 32;
const UPLOAD_BYTES = 100 * 1024 ** 2;
const UPLOAD_WIDTH = 4;
const WAITERS = 1_000;
const MIB = 1024 ** 2;
const CLOCK_TICKS_PER_SECOND = 100;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const median = (values: readonly number[]): number => quantile(values, 0.5);
const range = (values: readonly number[]): string =>
  `${Math.min(...values).toFixed(0)}–${Math.max(...values).toFixed(0)}`;

await using system = await startSystem({
  engine: { paced: ['tiny'] },
  slots: 4,
  env: { MAX_UPLOADS: String(WAITERS), WAIT_SECONDS: '300', KEEP_ALIVE_SECONDS: '5' },
});
const pid = system.ingest.process.pid ?? 0;

const rates: number[] = [];
const latenciesMs: number[] = [];
const bandwidths: number[] = [];
const peaksMib: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  await measureHits(system);
  await measureUploads(system, round);
}
say(
  `cache hits per second, ${HIT_WIDTH} at a time        median ${median(rates).toFixed(0)} (${range(rates)})   p99 ${quantile(latenciesMs, 0.99).toFixed(0)} ms   ${ROUNDS} rounds of ${HITS}`,
);
say(
  `uploads of 100 MB, ${UPLOAD_WIDTH} at a time            median ${median(bandwidths).toFixed(0)} MB/s (${range(bandwidths)})   memory of ingest at most +${Math.max(...peaksMib).toFixed(0)} MiB`,
);
await measureWaiters(system);

async function measureHits({ url }: System): Promise<void> {
  using client = createLoadClient(`${url}/v1/audio/transcriptions?model=tiny`, HIT_WIDTH);
  const same = await pacedSegments([' the same again'], 0).text();
  await client.post(same);
  const startedMs = performance.now();
  await inParallel(HITS, HIT_WIDTH, async () => {
    latenciesMs.push(await client.post(same));
  });
  rates.push((HITS * 1_000) / (performance.now() - startedMs));
}

/** The same bytes each time, but for a field that nobody reads: receiving and hashing is measured, and a hit answers. */
async function measureUploads({ url }: System, round: number): Promise<void> {
  const before = await memoryMib();
  let peak = before;
  const watch = setInterval(() => {
    void memoryMib().then((now) => (peak = Math.max(peak, now)));
  }, 50);
  const audio = bulkyAudio(`large ${round}`);
  await upload(url, audio); // the first is stored and transcribed
  const startedMs = performance.now();
  await inParallel(UPLOAD_WIDTH * 2, UPLOAD_WIDTH, () => upload(url, audio));
  const seconds = (performance.now() - startedMs) / 1_000;
  clearInterval(watch);
  bandwidths.push((UPLOAD_WIDTH * 2 * audio.length) / 1e6 / seconds);
  peaksMib.push(peak - before);
}

/** JSON may end in spaces, as many as it takes. */
function bulkyAudio(text: string): Buffer {
  const audio = Buffer.alloc(UPLOAD_BYTES, ' ');
  audio.write(JSON.stringify({ text, delayMs: 0 }));
  return audio;
}

function upload(url: string, audio: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = http.request(`${url}/transcribe?model=tiny`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    });
    request.once('error', reject).once('response', (response) => {
      if (response.statusCode !== 200) reject(new Error(`answered with ${response.statusCode ?? 0}`));
      response.resume().once('end', resolve);
    });
    request.write('--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n');
    request.write(audio);
    request.end('\r\n--x--\r\n');
  });
}

/** They wait for a hundred jobs, which wait for four slots that are taken. */
async function measureWaiters(running: System): Promise<void> {
  const idle = { memory: await memoryMib(), consumers: await consumers(running) };
  const plugs = Array.from({ length: 4 }, (_, n) =>
    postForm(`${running.url}/transcribe?model=tiny`, pacedSegments([` plug ${n}`], 45_000)),
  );
  const waiting: Promise<string>[] = [];
  for (let n = 0; n < WAITERS; n++) {
    waiting.push(wait(running.url, n));
    if (n % 20 === 0) await pause(100);
  }
  await pause(2_000);
  const cpuBefore = await cpuSeconds();
  const fromMs = performance.now();
  await pause(10_000);
  const cpu = (100 * ((await cpuSeconds()) - cpuBefore)) / ((performance.now() - fromMs) / 1_000);
  const memory = await memoryMib();
  const more = (await consumers(running)) - idle.consumers;
  const texts = await Promise.all(waiting);
  await Promise.all(plugs);
  if (texts.some((text) => !text.includes('waiter'))) throw new Error('a client that waited got no text');
  say(
    `${WAITERS} clients that wait                 +${(memory - idle.memory).toFixed(0)} MiB   ${cpu.toFixed(1)} % of a core   ${more} more consumers`,
  );
}

/** Every other client reads the text as it grows. */
async function wait(url: string, n: number): Promise<string> {
  const audio = pacedSegments([` waiter ${n % 100}`], 0);
  const fields = { model: 'tiny', stream: n % 2 === 0 ? 'true' : 'false' };
  return (await postForm(`${url}/v1/audio/transcriptions`, audio, { fields })).text();
}

async function consumers({ servers }: System): Promise<number> {
  await using bus = await servers.connect();
  return (await bus.manager.streams.info('EVENTS')).state.consumer_count;
}

async function memoryMib(): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return (Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024) / MIB;
}

async function cpuSeconds(): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
}
