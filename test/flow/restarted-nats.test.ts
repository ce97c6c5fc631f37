import * as assert from 'uvu/assert';
import { jobsApi } from '../helpers/jobs-api.ts';
import { eventually } from '../helpers/eventually.ts';
import { pacedSegments } from '../helpers/paced-audio.ts';
import { joinedText, readJobEvents, type ToldJobEvent } from '../helpers/read-sse.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

/** A new job, followed to its end: what it hears while it runs comes from a stream in memory. */
async function hear(url: string, text: string): Promise<readonly ToldJobEvent[]> {
  const segments = [` ${text}`, ' and so on'];
  const { body, status } = await jobsApi.submit(url, pacedSegments(segments, 300), 'tiny');
  assert.is(status, 202);
  const told: ToldJobEvent[] = [];
  for await (const event of readJobEvents(url, body.jobId)) told.push(event);
  return told;
}

const isReady = async (url: string): Promise<boolean> => (await fetch(`${url}/readyz`)).ok;

suite(
  'a NATS that is killed and started again',
  {} as { system: System },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({ engine: { paced: ['tiny'] } });
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('has its streams in memory again, while ingest runs', async ({ system }) => {
      await system.servers.restartNats();
      await eventually(() => system.ingest.log().some(({ msg }) => msg === 'streams in memory made anew'));
      await eventually(() => isReady(system.url));
      assert.is(joinedText(await hear(system.url, 'while it runs')), 'while it runs and so on');
    });

    test('and when ingest begins later', async ({ system }) => {
      await system.ingest.kill();
      await system.servers.restartNats();
      const { url } = await system.startIngest();
      await eventually(() => isReady(url));
      assert.is(joinedText(await hear(url, 'begun later')), 'begun later and so on');
    });
  },
  { timeoutMs: 120_000 },
);
