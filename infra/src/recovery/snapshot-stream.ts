import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Bus } from '@whisper/shared/bus/connect';
import type { Msg } from '@nats-io/transport-node';
import { z } from 'zod';

/** A slow disk or a large stream: between two chunks no more than this. */
const SILENCE_MS = 30_000;
const CHUNK_BYTES = 128 * 1024;
const FAILED = 400;

const answerSchema = z.looseObject({
  error: z.object({ description: z.string() }).optional(),
  config: z.record(z.string(), z.unknown()).optional(),
  state: z.record(z.string(), z.unknown()).optional(),
  deliver_subject: z.string().optional(),
});
type Answer = z.infer<typeof answerSchema>;

/** What the server needs to take a stream back: made by `snapshotStream`, given to `restoreStream` as it is. */
export const streamHeadSchema = z.strictObject({
  config: z.record(z.string(), z.unknown()),
  state: z.record(z.string(), z.unknown()),
});
export type StreamHead = z.infer<typeof streamHeadSchema>;

/**
 * Writes a stream as it is at this moment, with its consumers, to a file: sequences, dates, headers and message ids are
 * kept. JetStream's own snapshot, which the client has no call for.
 * @throws Error with the server's words
 */
export async function snapshotStream(bus: Bus, stream: string, path: string): Promise<StreamHead> {
  const deliver = bus.inbox();
  const chunks = receive(bus, deliver);
  const { config, state } = await call(bus, `$JS.API.STREAM.SNAPSHOT.${stream}`, {
    deliver_subject: deliver,
    no_consumers: false,
    chunk_size: CHUNK_BYTES,
  });
  await pipeline(chunks, createWriteStream(path, { mode: 0o600 }));
  return streamHeadSchema.parse({ config, state });
}

/** Each chunk is acknowledged, which is what keeps the server from sending faster than we write. */
async function* receive(bus: Bus, subject: string): AsyncGenerator<Uint8Array> {
  const subscription = bus.connection.subscribe(subject, { timeout: SILENCE_MS });
  try {
    for await (const message of subscription) {
      if (isFailure(message))
        throw new Error(`the snapshot broke off: ${message.headers?.description ?? ''}`);
      if (message.data.length === 0) return;
      yield message.data;
      message.respond();
    }
  } finally {
    subscription.unsubscribe();
  }
}

const isFailure = ({ headers }: Msg): boolean => (headers?.code ?? 0) >= FAILED;

/**
 * Makes a stream that is not there from a file of `snapshotStream`.
 * @throws Error with the server's words
 */
export async function restoreStream(bus: Bus, stream: string, head: StreamHead, path: string): Promise<void> {
  const { deliver_subject: target } = await call(bus, `$JS.API.STREAM.RESTORE.${stream}`, head);
  if (target === undefined) throw new Error(`${stream} cannot be restored: NATS names no place for it`);
  const chunks: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  for await (const chunk of chunks) await bus.connection.request(target, chunk, { timeout: SILENCE_MS });
  const last = await bus.connection.request(target, undefined, { timeout: SILENCE_MS });
  check(stream, answerSchema.parse(last.json()));
}

async function call(bus: Bus, subject: string, question: object): Promise<Answer> {
  const answer = await bus.connection.request(subject, JSON.stringify(question), { timeout: SILENCE_MS });
  return check(subject, answerSchema.parse(answer.json()));
}

function check(what: string, answer: Answer): Answer {
  if (answer.error) throw new Error(`${what}: ${answer.error.description}`);
  return answer;
}
