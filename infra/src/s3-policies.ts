/** `npm run s3-policies -- <folder>`: a policy for each service, for an operator's own S3. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { STORE_ROLES, storePolicyOf } from '@whisper/shared/contracts/permissions/store-policy';
import { startSettings } from './config.ts';

const { DATA_DIR, S3_BUCKET } = startSettings;
const directory = resolve(process.argv[2] ?? join(DATA_DIR, 's3-policies'));
await mkdir(directory, { recursive: true });
for (const role of STORE_ROLES) {
  const policy = JSON.stringify(storePolicyOf(role, S3_BUCKET), undefined, 2);
  await writeFile(join(directory, `${role}.json`), `${policy}\n`);
}
process.stdout.write(
  [
    `For the bucket "${S3_BUCKET}": give each process a key of its own, S3_ACCESS_KEY and S3_SECRET_KEY, with the policy of its role.`,
    ...STORE_ROLES.map((role) => `  ${role.padEnd(12)} ${join(directory, `${role}.json`)}`),
    'The others need no key.',
    '',
  ].join('\n'),
);
