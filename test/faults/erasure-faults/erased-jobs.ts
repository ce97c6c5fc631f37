import { jobsApi } from '../../helpers/jobs-api.ts';
import { scanStores } from '../../helpers/scan-stores.ts';
import type { NumberedAudio } from '../client/numbered-audio.ts';
import { allEnded } from '../run/all-ended.ts';
import type { Fault } from '../run/fault.ts';
import { spread } from '../run/pacing.ts';
import { underLoad, usualAudio, type Found, type Scene } from '../run/under-load.ts';
import { servicesOf } from '../site/site.ts';
import { eraseAt, MOMENTS, type Erased, type Moment } from './erase-at.ts';

const KILLS = 4;
/** So that some have a webhook and some have none, erased or not. */
const HOOKED_ONE_OF = 3;
/** P11. */
const ERASED_WITHIN_MS = 60_000;
/** Of its sha256, and so of its text and of every key that it has. */
const NEEDLE_LENGTH = 16;

export const erasedJobs: Fault = {
  id: 'F29',
  title: `every second job is erased while it is queued, running or finished; workers and an ingest are killed meanwhile, ${KILLS} times`,
  load: '2 ingests, 2 workers of 2 slots',
  criterion: `nothing of them is in any store after ${ERASED_WITHIN_MS / 1_000} s, and nothing brings it back; the others are done`,
  run: (run) =>
    underLoad(run, { site: { ingests: 2, slots: 2 }, audioOf, hookedOneOf: HOOKED_ONE_OF }, eraseSome),
};

const momentOf = (n: number): Moment | undefined =>
  n < 0 || n % 2 === 0 ? undefined : MOMENTS[(n >> 1) % MOMENTS.length];

function audioOf(n: number): NumberedAudio {
  const audio = usualAudio(n);
  return momentOf(n) ? { ...audio, expected: { erased: true } } : audio;
}

async function eraseSome(scene: Scene): Promise<Found> {
  const [erased, kills] = await Promise.all([eraseAt(scene, momentOf), killSome(scene)]);
  await allEnded(scene);
  const recoverMs = Math.max(...erased.map(({ tookMs }) => tookMs));
  return {
    recoverMs,
    notes: [`${erased.length} jobs erased, ${kills} kills`],
    violations: [
      ...(recoverMs > ERASED_WITHIN_MS ? [`a job was not gone for ${Math.round(recoverMs)} ms`] : []),
      ...(await findTraces(scene, erased)),
      ...(await broughtBack(scene, erased)),
    ],
  };
}

function killSome(scene: Scene): Promise<number> {
  const { ingests, workers } = scene.site;
  const victims = [workers[0], ingests[0], workers[1], workers[0]];
  return spread(scene, KILLS, async (n) => victims[n]?.service.killAndWait());
}

async function findTraces({ site }: Scene, erased: readonly Erased[]): Promise<readonly string[]> {
  await using bus = await site.connect();
  const servers = { s3: site.s3Settings, directory: site.directory };
  const needles = erased.map(({ sha256 }) => sha256.slice(0, NEEDLE_LENGTH));
  const places = await scanStores({ bus, servers, services: servicesOf(site) }, needles);
  return places.map((place) => `found after its erasure: ${place}`);
}

/** Asked to run them once more, it does not. */
async function broughtBack({ site }: Scene, erased: readonly Erased[]): Promise<readonly string[]> {
  const url = site.ingests[0]?.url ?? '';
  const answers = erased.map(async ({ jobId }) => {
    const { code } = await jobsApi.error(url, `/jobs/${jobId}/retry`, 'POST');
    return code === 'job_erased' ? [] : [`${jobId}: a retry was answered ${code}`];
  });
  return (await Promise.all(answers)).flat();
}
