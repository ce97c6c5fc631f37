import { MODEL_CLASSES } from '@whisper/shared/contracts/identifiers';
import {
  CLASS_WEIGHTS_KEY,
  DEFAULT_CLASS_WEIGHTS,
  TENANT_WEIGHTS_KEY,
} from '@whisper/shared/contracts/settings';
import { changeSetting, readSetting } from '@whisper/shared/storage/change-setting';
import { UsageError, type Answer, type Command, type Ctl } from '../command.ts';
import { columns } from '../text/columns.ts';

const list: Command = {
  name: 'weights list',
  arguments: [],
  summary: 'shares of the classes under full backlog, and of tenants within a class',
  run: (ctl) => show(ctl),
};

const set: Command = {
  name: 'weights set',
  arguments: ['class', 'weight'],
  summary: `how many turns of a round go to ${MODEL_CLASSES.join(', ')}`,
  run: async (ctl, { arguments: [given = '', weight = ''] }) => {
    const modelClass = MODEL_CLASSES.find((each) => each === given);
    if (!modelClass)
      throw new UsageError(`there is no class "${given}"; there are: ${MODEL_CLASSES.join(', ')}`);
    await changeSetting(ctl.bus, CLASS_WEIGHTS_KEY, (now = DEFAULT_CLASS_WEIGHTS) => ({
      ...now,
      [modelClass]: readWeight(weight),
    }));
    return show(ctl);
  },
};

const unset: Command = {
  name: 'weights unset',
  arguments: [],
  summary: 'the classes back to their defaults',
  run: async (ctl) => {
    await changeSetting(ctl.bus, CLASS_WEIGHTS_KEY, () => undefined);
    return show(ctl);
  },
};

const setTenant: Command = {
  name: 'weights tenant',
  arguments: ['tenant', 'weight'],
  summary: "a tenant's share against that of each other one who has work; 1 is the default",
  run: async (ctl, { arguments: [tenant = '', weight = ''] }) => {
    await changeSetting(ctl.bus, TENANT_WEIGHTS_KEY, (now = {}) => ({
      ...now,
      [tenant]: readWeight(weight),
    }));
    return show(ctl);
  },
};

export const weightCommands: readonly Command[] = [list, set, unset, setTenant];

async function show({ bus, paint }: Ctl): Promise<Answer> {
  const classes = (await readSetting(bus, CLASS_WEIGHTS_KEY)) ?? DEFAULT_CLASS_WEIGHTS;
  const tenants = (await readSetting(bus, TENANT_WEIGHTS_KEY)) ?? {};
  const total = Object.values(classes).reduce((sum, weight) => sum + weight, 0);
  const rows = [
    ['class', 'weight', 'share'].map(paint.quiet),
    ...MODEL_CLASSES.map((each) => [
      each,
      String(classes[each]),
      `${Math.round((100 * classes[each]) / total)} %`,
    ]),
  ];
  const named = Object.entries(tenants).map(([tenant, weight]) => [tenant, String(weight)]);
  const tenantRows =
    named.length > 0 ? ['', ...columns([['tenant', 'weight'].map(paint.quiet), ...named], 'lr')] : [];
  return { json: { classes, tenants }, text: [...columns(rows, 'lrr'), ...tenantRows].join('\n') };
}

function readWeight(given: string): number {
  const weight = Number(given);
  if (given !== '' && Number.isFinite(weight) && weight > 0) return weight;
  throw new UsageError('a weight must be a number above 0');
}
