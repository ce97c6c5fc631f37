import { BLOB_PREFIXES } from '../blob-prefixes.ts';
import type { Role } from '../role.ts';
import {
  deletesBlobs,
  EVERYTHING,
  getsBlobs,
  listsBlobs,
  makesBucket,
  putsBlobs,
  type StoreGrant,
} from './store-grants.ts';

const { accepted, audio, inputs, results } = BLOB_PREFIXES;

const WORKER: readonly StoreGrant[] = [
  getsBlobs(audio, results),
  putsBlobs(results),
  deletesBlobs(accepted), // of what has ended
  listsBlobs(),
];

/** What each role may do with blobs: to let one do more, add a line here. Ingest cannot read what it has stored. */
export const ROLE_STORE_GRANTS: Readonly<Record<Role, readonly StoreGrant[]>> = {
  ingest: [
    getsBlobs(inputs, results),
    putsBlobs(accepted, audio),
    deletesBlobs(accepted, audio, results), // of what is erased
    listsBlobs(),
  ],
  scheduler: [],
  'cpu-worker': WORKER,
  'gpu-worker': WORKER,
  subscriber: [],
  operator: [getsBlobs(accepted), deletesBlobs(accepted), listsBlobs()], // `resubmit`
  provisioner: [getsBlobs(EVERYTHING), putsBlobs(EVERYTHING), listsBlobs(), makesBucket()],
};
