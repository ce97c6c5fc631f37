import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { putUser, type MinioRoot } from '@whisper/infra/s3-keys/minio-admin';
import { seal } from '@whisper/infra/s3-keys/seal';
import { BLOB_PREFIXES } from '@whisper/shared/contracts/blob-prefixes';
import { ROLE_STORE_GRANTS } from '@whisper/shared/contracts/permissions/role-store-grants';
import { STORE_ROLES, storePolicyOf } from '@whisper/shared/contracts/permissions/store-policy';
import { ROLES, type Role } from '@whisper/shared/contracts/role';
import { createS3BlobStore, type S3Settings } from '@whisper/shared/storage/s3-blob-store';
import { failureOf } from '../helpers/failure-of.ts';
import { forwardTo } from '../helpers/forward-to.ts';
import { s3Client } from '../helpers/s3-client.ts';
import { startServers, type Servers } from '../helpers/start-servers.ts';
import { BUCKET, FOREIGN, PREFIXES, rightsOf, type Rights } from '../helpers/store-rights.ts';
import { suite } from '../helpers/suite.ts';

const { accepted, audio, inputs, results } = BLOB_PREFIXES;

const WORKER: Rights = { get: [audio, results], put: [results], delete: [accepted], bucket: ['list'] };
const NOTHING: Rights = { get: [], put: [], delete: [], bucket: [] };

/** What each role can do, and so all that it can. */
const MAY: Readonly<Record<Role, Rights>> = {
  ingest: {
    get: [inputs, results],
    put: [accepted, audio],
    delete: [accepted, audio, results],
    bucket: ['list'],
  },
  scheduler: NOTHING,
  'cpu-worker': WORKER,
  'gpu-worker': WORKER,
  subscriber: NOTHING,
  operator: { get: [accepted], put: [], delete: [accepted], bucket: ['list'] },
  provisioner: {
    get: PREFIXES,
    put: PREFIXES,
    delete: [],
    bucket: ['list', 'set lifecycle', 'remove lifecycle'],
  },
};

/** What MinIO lets a user do unless it is denied. */
const SELF_SERVICE = [
  {
    method: 'PUT',
    call: 'add-service-account',
    query: '',
    body: { accessKey: 'one-more', secretKey: 'one-more-secret' },
  },
  {
    method: 'PUT',
    call: 'add-user',
    query: 'accessKey=%s',
    body: { secretKey: 'changed-secret', status: 'enabled' },
  },
  { method: 'GET', call: 'list-users', query: '' },
  { method: 'GET', call: 'info', query: '' },
];
const FORBIDDEN = 403;

const rootOf = (settings: S3Settings): MinioRoot => ({
  endpoint: settings.S3_ENDPOINT,
  accessKey: settings.S3_ACCESS_KEY,
  secretKey: settings.S3_SECRET_KEY,
});

async function adminStatus(
  settings: S3Settings,
  { body, call, method, query }: { method: string; call: string; query: string; body?: object },
): Promise<number | undefined> {
  const options = {
    ...{ method, bucketName: 'minio', objectName: `admin/v3/${call}` },
    query: query.replace('%s', settings.S3_ACCESS_KEY),
  };
  const sealed = body ? seal(settings.S3_SECRET_KEY, Buffer.from(JSON.stringify(body))) : '';
  const response = await s3Client(settings).makeRequestAsync(options, sealed, [200, FORBIDDEN]);
  response.resume();
  return response.statusCode;
}

/** `audio`, `results`, as the document names what lies below `audio/` and `results/`. */
function cell(role: Role, verb: string): string {
  const grant = ROLE_STORE_GRANTS[role].find(({ does }) => does === verb);
  if (!grant) return '';
  const names = (grant.prefixes ?? []).map((prefix) => `\`${prefix}*\``);
  return names.length === 0 ? grant.actions.map((action) => `\`${action}\``).join(', ') : names.join(', ');
}

suite(
  'keys of the store',
  {} as { servers: Servers },
  (test) => {
    test.before(async (context) => {
      context.servers = await startServers();
      const root = s3Client(context.servers.s3);
      await root.makeBucket(FOREIGN);
      await root.putObject(FOREIGN, `${audio}x`, 'x');
      for (const prefix of PREFIXES) await root.putObject(BUCKET, `${prefix}x`, 'x');
    });
    test.after(async ({ servers }) => {
      await servers[Symbol.asyncDispose]();
    });

    for (const role of STORE_ROLES) {
      test(`${role} can do its work in the bucket, and nothing else`, async ({ servers }) => {
        assert.equal(await rightsOf(s3Client(servers.s3As(role))), MAY[role]);
      });

      test(`${role} administers nothing, not even its own key`, async ({ servers }) => {
        const own = servers.s3As(role);
        const asRole = rootOf(own);
        const wide = { secretKey: 'wanted-for-itself', policy: storePolicyOf('provisioner', BUCKET) };
        for (const accessKey of ['one-more', own.S3_ACCESS_KEY, servers.s3As('ingest').S3_ACCESS_KEY])
          assert.match(await failureOf(putUser(asRole, { ...wide, accessKey })), 'AccessDenied');
        for (const call of SELF_SERVICE) assert.is(await adminStatus(own, call), FORBIDDEN, call.call);
      });
    }

    test('a user is made although its policy is forgotten before it is attached', async ({ servers }) => {
      const user = { accessKey: 'forgotten', secretKey: 'of-the-test' };
      const forget = { method: 'DELETE', call: 'remove-canned-policy', query: `name=${user.accessKey}` };
      const statuses: unknown[] = [];
      await using door = await forwardTo(servers.s3.S3_ENDPOINT, async ({ url }) => {
        if (url?.includes('set-user-or-group-policy') && statuses.length === 0)
          statuses.push(await adminStatus(servers.s3, forget));
      });
      const root = { ...rootOf(servers.s3), endpoint: door.url };
      await putUser(root, { ...user, policy: storePolicyOf('operator', BUCKET) });
      assert.equal(statuses, [200]);
      const own = { ...servers.s3, S3_ACCESS_KEY: user.accessKey, S3_SECRET_KEY: user.secretKey };
      assert.equal(await rightsOf(s3Client(own)), MAY.operator);
    });

    test('roles that have no business with the store have no key', ({ servers }) => {
      const others = ROLES.filter((role) => !STORE_ROLES.includes(role));
      assert.equal(others, ['scheduler', 'subscriber']);
      for (const role of others) {
        assert.equal(servers.s3As(role).S3_ACCESS_KEY, '');
        assert.equal(MAY[role], NOTHING);
      }
    });

    test('a refused act says so, and is not taken for a blob that is not there', async ({ servers }) => {
      const ingest = createS3BlobStore(servers.s3As('ingest'));
      const worker = createS3BlobStore(servers.s3As('cpu-worker'));
      const file = join(servers.directory, 'one-byte');
      await writeFile(file, 'x');
      for (const act of [
        () => ingest.open(`${audio}x`),
        () => ingest.sizeOf(`${audio}x`),
        () => worker.delete(`${audio}x`),
        () => worker.putFile(`${audio}y`, file, 1),
      ]) {
        assert.match(await failureOf(act()), 'the blob store does not let us');
      }
      assert.ok(await ingest.has(`${audio}x`), 'whether it is there can be asked');
      assert.not(await ingest.has(`${audio}y`));
    });

    test('the table of docs/security.md is what the code says', async () => {
      const text = await readFile(new URL('../../docs/security.md', import.meta.url), 'utf8');
      const rows = text
        .split('\n')
        .filter((line) => line.startsWith('| `'))
        .map((line) => line.split('|').map((field) => field.trim()));
      for (const role of STORE_ROLES) {
        const verbs = ['Get', 'Put', 'Delete', 'List', 'MakeBucket'];
        const expected = ['', `\`${role}\``, ...verbs.map((verb) => cell(role, verb)), ''];
        assert.ok(
          rows.some((row) => row.join('|') === expected.join('|')),
          `docs/security.md lacks: ${expected.join(' | ')}`,
        );
      }
    });
  },
  { timeoutMs: 60_000 },
);
