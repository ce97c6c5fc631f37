import { resubmitJobs, type Resubmitted } from '@whisper/shared/jobs/resubmit-jobs';
import { openBlobStore } from '@whisper/shared/storage/open-blob-store';
import { UsageError, type Command } from '../command.ts';
import { blobConfig } from '../config.ts';
import { columns } from '../text/columns.ts';

const MEANINGS: Readonly<Record<Resubmitted, string>> = {
  queued: 'were lost and wait again',
  known: 'are in the queue already',
  ended: 'have ended',
  gone: 'have no audio any more',
};

const resubmit: Command = {
  name: 'resubmit',
  arguments: [],
  summary: 'builds the queue anew from the accepted jobs in S3, when the streams are lost',
  run: async ({ bus, records }) => {
    if (blobConfig.BLOB_STORE !== 's3')
      throw new UsageError('resubmit needs an S3: a JetStream store is lost with the streams');
    const blobs = openBlobStore(blobConfig, bus);
    const counts: Record<Resubmitted, number> = { queued: 0, known: 0, ended: 0, gone: 0 };
    for await (const { outcome } of resubmitJobs({ bus, blobs, records })) counts[outcome]++;
    const rows = Object.entries(counts).map(([outcome, count]) => [
      String(count),
      MEANINGS[outcome as Resubmitted],
    ]);
    return { json: counts, text: columns(rows, 'rl').join('\n') };
  },
};

export const recoveryCommands: readonly Command[] = [resubmit];
