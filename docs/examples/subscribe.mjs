// Prints what happens to jobs as it happens; with --replay, first everything of the last 72 hours.
//   node docs/examples/subscribe.mjs [--replay] [subject]     e.g. 'events.completed.*'
import { existsSync, readFileSync } from 'node:fs';
import { DeliverPolicy, jetstream } from '@nats-io/jetstream';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';

const given = process.argv.slice(2);
const deliver_policy = given.includes('--replay') ? DeliverPolicy.All : DeliverPolicy.New;
const filter_subjects = given.find((word) => !word.startsWith('--')) ?? 'events.>';
// The user `subscriber` may listen to events and do nothing else; its replies have a prefix of their own.
const seedFile = `${process.env.NATS_NKEYS_DIR ?? '.data/nats-users'}/subscriber.nk`;
const connection = await connect({
  servers: process.env.NATS_URL ?? 'nats://127.0.0.1:4222',
  inboxPrefix: '_INBOX_subscriber',
  ...(existsSync(seedFile) && {
    authenticator: nkeyAuthenticator(Buffer.from(readFileSync(seedFile, 'utf8').trim())),
  }),
});
const consumer = await jetstream(connection).consumers.get('EVENTS', { deliver_policy, filter_subjects });
for await (const message of await consumer.consume()) console.log(message.json());
