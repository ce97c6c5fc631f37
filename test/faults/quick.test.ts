import * as assert from 'uvu/assert';
import { suite } from '../helpers/suite.ts';
import { identicalBurst } from './ingest-faults/identical-burst.ts';
import { killedBetweenSteps } from './ingest-faults/killed-between-steps.ts';
import type { Fault } from './run/fault.ts';
import { alteredAudio } from './store-faults/altered-audio.ts';
import { storedBeforeDeath } from './worker-faults/stored-before-death.ts';
import { zombie } from './worker-faults/zombie.ts';

/** The faults that are soon over, with few jobs; all of them and more of each: `npm run test:faults`. */
const QUICK: readonly Fault[] = [zombie, killedBetweenSteps, storedBeforeDeath, identicalBurst, alteredAudio];
const RUN = { jobs: 30, jobsPerSecond: 10 };

suite(
  'nothing is lost',
  {},
  (test) => {
    for (const fault of QUICK) {
      test(`${fault.id} ${fault.title}`, async () => {
        const { jobs, violations } = await fault.run(RUN);
        assert.equal(violations, []);
        assert.ok(jobs >= RUN.jobs);
      });
    }
  },
  { timeoutMs: 300_000 },
);
