import { LANES, MODEL_CLASSES, type Lane, type ModelClass } from '@whisper/shared/contracts/identifiers';
import type { Board, BoardClass } from '@whisper/shared/contracts/scheduler-questions';
import type { Settings } from '@whisper/shared/storage/settings';
import type { WorkerPresence } from '@whisper/shared/contracts/worker-presence';
import type { Backlog } from '../backlog/backlog.ts';
import type { AssignedJobs } from '../release/assigned-jobs.ts';
import type { EndCounts } from './end-counts.ts';
import { slotsOf, type Outlook } from './outlook.ts';
import type { ServiceTimes } from './service-times.ts';

/** Tenants told of a class: enough to see who fills it. */
const TENANTS_SHOWN = 20;

export interface DescribeBoard {
  readonly schedulerId: string;
  readonly leadingSinceMs: number;
  readonly backlog: Backlog;
  readonly assigned: AssignedJobs;
  readonly outlook: Outlook;
  readonly times: ServiceTimes;
  readonly ends: EndCounts;
  readonly settings: Settings;
  readonly workers: () => readonly WorkerPresence[];
}

export function describeBoard(deps: DescribeBoard): Board {
  const nowMs = performance.now();
  return {
    version: 1,
    schedulerId: deps.schedulerId,
    leadingSeconds: (nowMs - deps.leadingSinceMs) / 1000,
    classes: MODEL_CLASSES.map((each) => describeClass(deps, each, nowMs)),
    lanes: LANES.map((lane) => describeLane(deps, lane, nowMs)),
    speeds: [...deps.times.speeds()],
  };
}

function describeClass(
  { backlog, outlook, settings }: DescribeBoard,
  modelClass: ModelClass,
  nowMs: number,
): BoardClass {
  const waiting = backlog.of(modelClass);
  const oldest = waiting.oldest();
  return {
    modelClass,
    weight: settings.classWeights()[modelClass],
    backlog: waiting.size(),
    ...(oldest && { oldestSeconds: (nowMs - oldest.arrivedMs) / 1000 }),
    tenants: waiting
      .tenants()
      .slice(0, TENANTS_SHOWN)
      .map((depth) => ({ ...depth, weight: settings.tenantWeight(depth.tenant) })),
    ...outlook.now().classes[modelClass],
  };
}

function describeLane(deps: DescribeBoard, lane: Lane, nowMs: number): Board['lanes'][number] {
  const workers = deps.workers();
  const jobs = [...deps.assigned.all()].filter((each) => each.lane === lane);
  const classOfLane = (modelClass: ModelClass): Board['lanes'][number]['classes'][number] => {
    const mine = jobs.filter((each) => each.modelClass === modelClass);
    const waiting = mine.filter(({ startedMs }) => startedMs === undefined);
    const oldestMs = Math.min(...waiting.map(({ assignedMs }) => assignedMs));
    return {
      modelClass,
      waiting: waiting.length,
      running: mine.length - waiting.length,
      ...(waiting.length > 0 && { oldestSeconds: (nowMs - oldestMs) / 1000 }),
      endedLastMinute: deps.ends.lastMinute(lane, modelClass),
    };
  };
  return {
    lane,
    workers: workers.filter((worker) => worker.lane === lane).length,
    slots: slotsOf(workers, lane),
    classes: MODEL_CLASSES.map(classOfLane),
  };
}
