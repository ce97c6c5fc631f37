import { blobSettings, commonSettings, integer, readSettings } from '@whisper/shared/kit/config';
import type { TopologySettings } from './apply-topology.ts';

const shape = {
  ...commonSettings,
  ...blobSettings,
  NATS_REPLICAS: integer(1, 1, 5),
  RESULT_TTL_HOURS: integer(720, 0, 87_600),
  AUDIO_TTL_DAYS: integer(7, 1, 3_650),
  JOB_TTL_DAYS: integer(7, 1, 3_650),
  EVENT_TTL_HOURS: integer(72, 1, 87_600),
  DEAD_TTL_DAYS: integer(30, 1, 3_650),
  QUEUE_LIMIT: integer(10_000, 1, 1_000_000),
  /** 0: as many as QUEUE_LIMIT. */
  TENANT_QUEUE_LIMIT: integer(0, 0, 1_000_000),
} as const;

/** Settings of the topology, from the environment. */
export const topologyConfig = readSettings(shape, process.env);

export const topologySettings: TopologySettings = {
  replicas: topologyConfig.NATS_REPLICAS,
  resultTtlSeconds: topologyConfig.RESULT_TTL_HOURS * 3600,
  audioTtlDays: topologyConfig.AUDIO_TTL_DAYS,
  jobTtlSeconds: topologyConfig.JOB_TTL_DAYS * 86_400,
  eventTtlSeconds: topologyConfig.EVENT_TTL_HOURS * 3600,
  deadTtlSeconds: topologyConfig.DEAD_TTL_DAYS * 86_400,
  queueLimit: topologyConfig.QUEUE_LIMIT,
  tenantQueueLimit: topologyConfig.TENANT_QUEUE_LIMIT || topologyConfig.QUEUE_LIMIT,
};
