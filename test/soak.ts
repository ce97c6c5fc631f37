import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { soak } from './faults/soak/soak.ts';
import { prepareServers } from './run/prepare-servers.ts';

/** `npm run soak -- --minutes 20 [--rate 5 --seed 1]`: mixed load, and a fault by chance each minute. */
process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    rate: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
  },
});
Object.assign(process.env, await prepareServers(process.env));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const outcome = await soak({
  ...{ minutes: Number(values.minutes), jobsPerSecond: Number(values.rate), seed: Number(values.seed), say },
});
say(`${outcome.jobs} jobs, ${outcome.lost} lost, ${outcome.doubled} doubled; ${outcome.notes.join('; ')}`);
for (const violation of outcome.violations) say(`NOT PASSED: ${violation}`);
process.exit(outcome.violations.length === 0 ? 0 : 1); // whatever a broken site has left behind
