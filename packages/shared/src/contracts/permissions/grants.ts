/**
 * What a role may do, in words of ours; here alone they become the subjects of JetStream's API.
 * A grant is what one of our calls needs: a stream that is only looked at can be neither read nor changed.
 */
export interface Grant {
  readonly publish?: readonly string[];
  readonly subscribe?: readonly string[];
  /** What must be there before the role can work. */
  readonly streams?: readonly string[];
}

const API = '$JS.API';
export const kvStream = (bucket: string): string => `KV_${bucket}`;
const objectStream = (store: string): string => `OBJ_${store}`;

/** Publishes on these subjects, in a stream or not. */
export const says = (...subjects: readonly string[]): Grant => ({ publish: subjects });

/** Plain subscriptions. */
export const hears = (...subjects: readonly string[]): Grant => ({ subscribe: subjects });

/** Its size, its limits and how many messages each subject has. */
export const looksAt = (...streams: readonly string[]): Grant => ({
  publish: streams.map((stream) => `${API}.STREAM.INFO.${stream}`),
  streams,
});

/** Single messages and batches, by sequence or subject. */
export const reads = (...streams: readonly string[]): Grant =>
  all(
    looksAt(...streams),
    says(
      ...streams.flatMap((stream) => [
        `${API}.STREAM.MSG.GET.${stream}`,
        `${API}.DIRECT.GET.${stream}`,
        `${API}.DIRECT.GET.${stream}.>`,
      ]),
    ),
  );

/** Through consumers of its own, which are gone when it is. */
export const follows = (...streams: readonly string[]): Grant =>
  all(
    reads(...streams),
    says(
      ...streams.flatMap((stream) => [
        `${API}.CONSUMER.CREATE.${stream}.>`,
        `${API}.CONSUMER.INFO.${stream}.*`,
        `${API}.CONSUMER.MSG.NEXT.${stream}.*`,
        `${API}.CONSUMER.DELETE.${stream}.*`,
        `$JS.FC.${stream}.>`,
      ]),
    ),
  );

/** Messages that are handed out, and settled, by consumers that infra made. */
export const takesFrom = (stream: string, consumers: readonly string[]): Grant =>
  all(
    looksAtConsumers(stream, consumers),
    says(
      ...consumers.map((consumer) => `${API}.CONSUMER.MSG.NEXT.${stream}.${consumer}`),
      `$JS.ACK.${stream}.>`,
      `$JS.ACK.*.*.${stream}.>`, // with domain and account
    ),
  );

export const looksAtConsumers = (stream: string, consumers: readonly string[]): Grant =>
  all(looksAt(stream), says(...consumers.map((consumer) => `${API}.CONSUMER.INFO.${stream}.${consumer}`)));

/** Acknowledges what a consumer of its own gave. */
export const settles = (stream: string): Grant => says(`$JS.ACK.${stream}.>`, `$JS.ACK.*.*.${stream}.>`);

export const deletesFrom = (...streams: readonly string[]): Grant =>
  says(...streams.map((stream) => `${API}.STREAM.MSG.DELETE.${stream}`));

/** A declared stream that is gone, since it was in memory. */
export const makes = (stream: string): Grant => says(`${API}.STREAM.CREATE.${stream}`);

export const purges = (stream: string): Grant => says(`${API}.STREAM.PURGE.${stream}`);

export const readsBucket = (...buckets: readonly string[]): Grant => reads(...buckets.map(kvStream));
export const followsBucket = (...buckets: readonly string[]): Grant => follows(...buckets.map(kvStream));
/** Puts and takes away keys that match. */
export const writesKeys = (bucket: string, keys = '>'): Grant => says(`$KV.${bucket}.${keys}`);

/** Blobs in a JetStream Object Store, which may not be there. */
export const keepsObjects = (store: string): Grant => ({
  publish: [
    ...(follows(objectStream(store)).publish ?? []),
    ...(purges(objectStream(store)).publish ?? []),
    `$O.${store}.>`,
  ],
});

/** Everything of JetStream's own interface: streams, consumers, snapshots. */
export const administers = (): Grant => says(`${API}.>`, '$JS.SNAPSHOT.>');

export function all(...grants: readonly Grant[]): Grant {
  return {
    publish: unique(grants.flatMap(({ publish = [] }) => publish)),
    subscribe: unique(grants.flatMap(({ subscribe = [] }) => subscribe)),
    streams: unique(grants.flatMap(({ streams = [] }) => streams)),
  };
}

const unique = (list: readonly string[]): readonly string[] => [...new Set(list)].sort();
