import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { eventually } from '../helpers/eventually.ts';
import { pacedAudio, pacedSegments } from '../helpers/paced-audio.ts';
import { postAudio, type Posted } from '../helpers/post-audio.ts';
import { joinedText, readJobEvents, type ToldJobEvent } from '../helpers/read-sse.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

const WORDS = Array.from({ length: 60 }, (_, n) => ` word ${n}`);
const TEXT = WORDS.join('').trim();

const post = (system: System, audio: Blob): Promise<Posted> =>
  postAudio(system.url, audio, { query: '?model=tiny' });

async function all(events: AsyncIterable<ToldJobEvent>): Promise<ToldJobEvent[]> {
  const found: ToldJobEvent[] = [];
  for await (const event of events) found.push(event);
  return found;
}

interface Started extends AsyncDisposable {
  readonly jobId: string;
  readonly answering: Promise<Posted>;
}

/** Posts, and learns the job's id from the bus, as a subscriber does, before the answer has come. */
async function start(system: System, audio: Blob): Promise<Started> {
  const bus = await system.servers.connect();
  const queued = bus.connection.subscribe('events.queued.*', { max: 1 });
  await bus.connection.flush();
  const answering = post(system, audio);
  for await (const { subject } of queued) {
    const jobId = subject.split('.')[2] ?? '';
    return { jobId, answering, [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose]() };
  }
  throw new Error('nothing was queued');
}

/** Reads until a random number of events, hangs up, and goes on after the last one: until the end. */
async function readWithCuts(system: System, jobId: string, cuts: number): Promise<ToldJobEvent[]> {
  const found: ToldJobEvent[] = [];
  for (let cut = 0; ; cut++) {
    const hangUp = new AbortController();
    const lastEventId = found.at(-1)?.id;
    const limit = cut < cuts ? 1 + Math.floor(Math.random() * 4) : Infinity;
    let read = 0;
    try {
      const options = { signal: hangUp.signal, ...(lastEventId && { lastEventId }) };
      for await (const event of readJobEvents(system.url, jobId, options)) {
        found.push(event);
        if (++read === limit) hangUp.abort();
        if (read === limit) break;
      }
      if (read < limit) return found;
    } catch (error) {
      if (!hangUp.signal.aborted) throw error;
    }
  }
}

suite(
  'events of a job',
  {} as { system: System },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({ engine: { paced: ['tiny'] } });
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('they are told as they come, to many, and their deltas are the text', async ({ system }) => {
      await using started = await start(system, pacedSegments(WORDS, 40));
      const { answering, jobId } = started;
      const readers = await Promise.all(
        Array.from({ length: 10 }, () => all(readJobEvents(system.url, jobId))),
      );
      assert.is((await answering).text, TEXT);
      for (const events of readers) {
        assert.equal(events, readers[0]);
        assert.is(joinedText(events), TEXT);
        assert.is(events.at(-1)?.type, 'whisper.job.completed');
        assert.is(events.at(-1)?.data.text, TEXT);
      }
    });

    test('a reader cut 20 times at random points sees each event once', async ({ system }) => {
      await using started = await start(system, pacedSegments(WORDS, 30, { text: `${TEXT}!` }));
      const { answering, jobId } = started;
      const cut = await readWithCuts(system, jobId, 20);
      await answering;
      assert.equal(cut, await all(readJobEvents(system.url, jobId)));
      assert.is(new Set(cut.map(({ id }) => id)).size, cut.length);
    });

    test('NATS silent for a while: readers miss nothing and get nothing twice', async ({ system }) => {
      await using started = await start(system, pacedSegments(WORDS, 150, { text: `${TEXT}...` }));
      const { answering, jobId } = started;
      const reading = all(readJobEvents(system.url, jobId));
      const pid = system.servers.nats.pid ?? 0;
      process.kill(pid, 'SIGSTOP');
      await sleep(4_000);
      process.kill(pid, 'SIGCONT');
      const events = await reading;
      await answering;
      assert.is(joinedText(events), TEXT);
      assert.equal(events, await all(readJobEvents(system.url, jobId)));
    });

    test('who comes after the end gets everything, with the text of what is stored', async ({ system }) => {
      const { headers } = await post(system, pacedSegments([' once', ' upon', ' a time'], 5));
      const jobId = headers.get('x-job-id') ?? '';
      const events = await all(readJobEvents(system.url, jobId));
      assert.equal(
        events.map(({ type }) => type.replace('whisper.job.', '')),
        ['queued', 'started', 'partial', 'partial', 'partial', 'completed'],
      );
      assert.is(joinedText(events), 'once upon a time');
      const again = await fetch(`${system.url}/jobs/${jobId}/events`, {
        headers: { 'last-event-id': events.at(-1)?.id ?? '' },
      });
      assert.is(again.status, 204, 'do not come back');
      await again.arrayBuffer();
    });

    test('an attempt that dies and is repeated: the text is that of the last one', async ({ system }) => {
      const marker = join(system.servers.directory, 'crashed');
      const audio = pacedSegments(WORDS, 20, { crashOnce: { before: 30, marker } });
      await using started = await start(system, audio);
      const { answering, jobId } = started;
      const events = await all(readJobEvents(system.url, jobId));
      assert.is((await answering).text, TEXT);
      assert.is(events.filter(({ type }) => type === 'whisper.job.started').length, 2);
      assert.is(joinedText(events), TEXT);
    });

    test('a job that fails says why and ends the stream', async ({ system }) => {
      const { headers } = await post(system, pacedAudio({ text: '', delayMs: 0, fault: 'nonsense' }));
      const jobId = headers.get('x-job-id') ?? '';
      const events = await all(readJobEvents(system.url, jobId));
      assert.is(events.at(-1)?.type, 'whisper.job.failed');
      assert.is(events.at(-1)?.data['code'], 'engine_failed');
    });

    test('an end whose event is gone is told from the record', async ({ system }) => {
      const { headers } = await post(system, pacedSegments([' long', ' ago'], 1));
      const jobId = headers.get('x-job-id') ?? '';
      await using bus = await system.servers.connect();
      await bus.manager.streams.purge('EVENTS', { filter: `events.*.${jobId}` });
      const events = await all(readJobEvents(system.url, jobId));
      assert.equal(
        events.map(({ id, type }) => [id, type]),
        [[undefined, 'whisper.job.completed']],
      );
      assert.is(events[0]?.data.text, 'long ago');
    });

    test('the bus tells no text', async ({ system }) => {
      await using bus = await system.servers.connect();
      const consumer = await bus.jetstream.consumers.get('EVENTS');
      const { num_pending: count } = await consumer.info();
      assert.ok(count > 100);
      for await (const message of await consumer.fetch({ max_messages: count, expires: 2_000 })) {
        assert.not.match(message.string(), /word|once|long ago/);
      }
    });

    test('a job that there is not, and a place that is none', async ({ system }) => {
      assert.is((await fetch(`${system.url}/jobs/nope/events`)).status, 404);
      assert.is((await fetch(`${system.url}/jobs/..%2F*/events`)).status, 404);
      const { headers } = await post(system, pacedSegments([' x'], 1));
      const path = `${system.url}/jobs/${headers.get('x-job-id') ?? ''}/events`;
      assert.is((await fetch(`${path}?after=nonsense`)).status, 400);
      assert.is((await fetch(path, { headers: { 'last-event-id': '-1' } })).status, 400);
    });

    test('readers cost one consumer, not one each', async ({ system }) => {
      await using bus = await system.servers.connect();
      const consumers = async (): Promise<number> =>
        (await bus.manager.streams.info('EVENTS')).state.consumer_count;
      const before = await consumers();
      await using started = await start(system, pacedSegments(WORDS, 50, { text: `${TEXT}?` }));
      const { answering, jobId } = started;
      const readers = Array.from({ length: 20 }, () => readJobEvents(system.url, jobId));
      await Promise.all(readers.map((reader) => reader.next()));
      await eventually(async () => (await consumers()) === before);
      const rest = await Promise.all(readers.map((reader) => all(reader)));
      assert.ok(rest.every((events) => events.at(-1)?.type === 'whisper.job.completed'));
      await answering;
    });
  },
  { timeoutMs: 120_000 },
);
