import { deadLetterFilter } from '../dead-letter.ts';
import { LANES, MODEL_CLASSES, type Lane } from '../identifiers.ts';
import { jobEvent, jobEventFilter } from '../job-event.ts';
import { flightKey, jobRecordKey } from '../job-record.ts';
import { jobSubmitted } from '../job-submitted.ts';
import { SCHEDULER_LEASE_KEY } from '../lease.ts';
import { requestsSpent } from '../requests-spent.ts';
import { inboxPrefix, type Role } from '../role.ts';
import { BOARD_SUBJECT, POSITION_SUBJECT } from '../scheduler-questions.ts';
import { segmentText } from '../segment-text.ts';
import { systemEvent } from '../system-event.ts';
import {
  AUDIO_OBJECT_STORE,
  BUCKETS,
  DEAD_STREAM,
  EVENTS_STREAM,
  INTAKE_STREAM,
  SEGMENTS_STREAM,
  USAGE_CONSUMER,
  WEBHOOKS_CONSUMER,
  workConsumer,
  workStream,
} from '../topology.ts';
import { WAITING_FILTER } from '../waiting-question.ts';
import { wakeFilter, workFilter } from '../work-assigned.ts';
import {
  administers,
  all,
  deletesFrom,
  follows,
  followsBucket,
  hears,
  keepsObjects,
  kvStream,
  looksAt,
  looksAtConsumers,
  makes,
  purges,
  reads,
  readsBucket,
  says,
  settles,
  takesFrom,
  writesKeys,
  type Grant,
} from './grants.ts';

const { results, jobs, workers, settings, leases, erasures, webhooks, webhookSecrets } = BUCKETS;
const { keys, usage, places, idempotency } = BUCKETS;
const CLASSES = MODEL_CLASSES.map(workConsumer);
const LANE_STREAMS = LANES.map(workStream);
const RECORDS = writesKeys(jobs.name, jobRecordKey('*'));
const FLIGHTS = writesKeys(jobs.name, flightKey('>'));
/** A job's end is looked up among the events before it is told. */
const TELLS_CANCELLED = all(says(jobEventFilter('cancelled')), reads(EVENTS_STREAM));
const OVERVIEW = all(
  ...LANE_STREAMS.map((stream) => looksAtConsumers(stream, CLASSES)),
  looksAt(INTAKE_STREAM, DEAD_STREAM),
  followsBucket(workers.name, settings.name),
  says(POSITION_SUBJECT, BOARD_SUBJECT),
);
/** Takes a job out of every stream and bucket. */
const ERASES = all(
  follows(...[jobs, erasures].map(({ name }) => kvStream(name))),
  reads(INTAKE_STREAM, ...LANE_STREAMS, DEAD_STREAM),
  deletesFrom(INTAKE_STREAM, ...LANE_STREAMS, DEAD_STREAM),
  deletesFrom(...[jobs, results, erasures].map(({ name }) => kvStream(name))),
  purges(EVENTS_STREAM),
  purges(SEGMENTS_STREAM),
  writesKeys(erasures.name, '*'),
);
/** Answers go to those who may ask. */
const answers = (...askers: readonly Role[]): Grant =>
  says(...askers.map((role) => `${inboxPrefix(role)}.>`));

/** What each role may do: to let one do more, add a line here. */
export const ROLE_GRANTS: Readonly<Record<Role, readonly Grant[]>> = {
  ingest: [
    says(jobSubmitted.filter),
    OVERVIEW,
    readsBucket(results.name, jobs.name),
    RECORDS,
    FLIGHTS,
    ERASES,
    readsBucket(idempotency.name),
    writesKeys(idempotency.name),
    TELLS_CANCELLED,
    follows(EVENTS_STREAM, SEGMENTS_STREAM),
    makes(SEGMENTS_STREAM),
    hears(...(['completed', 'failed', 'cancelled'] as const).map(jobEventFilter)),
    hears(WAITING_FILTER),
    says(WAITING_FILTER),
    hears(requestsSpent.filter),
    says(requestsSpent.filter),
    answers('ingest'),
    takesFrom(EVENTS_STREAM, [WEBHOOKS_CONSUMER, USAGE_CONSUMER]),
    followsBucket(keys.name),
    readsBucket(usage.name, places.name),
    writesKeys(usage.name),
    writesKeys(places.name),
    followsBucket(webhooks.name),
    writesKeys(webhooks.name),
    purges(kvStream(webhooks.name)), // those of a job that is erased
    readsBucket(webhookSecrets.name),
    writesKeys(webhookSecrets.name),
    keepsObjects(AUDIO_OBJECT_STORE),
  ],
  scheduler: [
    follows(INTAKE_STREAM),
    deletesFrom(INTAKE_STREAM, ...LANE_STREAMS),
    says(jobSubmitted.filter), // again, when a job fell out of every queue
    ...LANES.map((lane) => says(workFilter(lane))),
    ...LANE_STREAMS.map((stream) => takesFrom(stream, CLASSES)), // away from a lane without workers
    reads(...LANE_STREAMS),
    says(jobEventFilter('queued'), jobEventFilter('failed'), systemEvent.filter),
    TELLS_CANCELLED,
    hears(...(['started', 'completed', 'failed', 'cancelled'] as const).map(jobEventFilter)),
    says(deadLetterFilter('intake')),
    looksAt(DEAD_STREAM),
    readsBucket(jobs.name),
    RECORDS,
    followsBucket(workers.name, settings.name),
    writesKeys(settings.name),
    readsBucket(leases.name),
    writesKeys(leases.name, SCHEDULER_LEASE_KEY),
    hears(POSITION_SUBJECT, BOARD_SUBJECT),
    answers('ingest', 'operator'),
  ],
  'cpu-worker': worker('cpu'),
  'gpu-worker': worker('gpu'),
  subscriber: [follows(EVENTS_STREAM), settles(EVENTS_STREAM), hears(jobEvent.filter, systemEvent.filter)],
  operator: [
    OVERVIEW,
    readsBucket(jobs.name, settings.name),
    RECORDS,
    FLIGHTS,
    writesKeys(settings.name),
    followsBucket(keys.name),
    writesKeys(keys.name),
    readsBucket(usage.name, webhooks.name),
    writesKeys(webhooks.name), // has them told again
    TELLS_CANCELLED,
    reads(DEAD_STREAM),
    deletesFrom(DEAD_STREAM),
    says(jobSubmitted.filter), // a replay
    purges(EVENTS_STREAM), // the failure that a replay takes back
  ],
  provisioner: [administers()],
};

function worker(lane: Lane): readonly Grant[] {
  const told = ['started', 'progress', 'partial', 'completed', 'failed'] as const;
  return [
    takesFrom(workStream(lane), CLASSES),
    hears(wakeFilter(lane)),
    says(wakeFilter(lane)), // one that came too late is passed on
    says(...told.map(jobEventFilter), segmentText.filter),
    TELLS_CANCELLED,
    hears(jobEventFilter('cancelled')),
    says(deadLetterFilter(lane)),
    looksAt(DEAD_STREAM, SEGMENTS_STREAM),
    readsBucket(results.name, jobs.name, workers.name),
    writesKeys(results.name),
    RECORDS,
    writesKeys(workers.name),
    followsBucket(settings.name),
    readsBucket(erasures.name),
    writesKeys(erasures.name, '*'), // what it finds erased is to be swept once more
    keepsObjects(AUDIO_OBJECT_STORE),
  ];
}
