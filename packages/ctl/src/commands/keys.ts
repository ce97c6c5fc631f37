import type { ApiKey } from '@whisper/shared/contracts/api-key';
import { TENANT_WEIGHTS_KEY } from '@whisper/shared/contracts/settings';
import { openApiKeys } from '@whisper/shared/storage/api-keys';
import { changeSetting, readSetting } from '@whisper/shared/storage/change-setting';
import { openKeyUsages } from '@whisper/shared/storage/key-usage';
import { newApiKey } from '@whisper/shared/storage/new-api-key';
import type { Command, Ctl } from '../command.ts';
import { columns } from '../text/columns.ts';
import { keyFacts, keyRow, KEY_COLUMNS, KEY_HEAD, usageRows, withoutSecret } from '../view/render-keys.ts';
import { KEY_OPTIONS, readDays, readTerms, readWeightOption } from './key-options.ts';

const create: Command = {
  name: 'keys create',
  arguments: ['name'],
  options: KEY_OPTIONS,
  summary: 'makes an API key and shows it, this once',
  run: async ({ bus, paint }, { arguments: [name = ''], option }) => {
    const { key, shown } = newApiKey(readTerms(name, option));
    const weight = readWeightOption(option('weight'));
    await (await openApiKeys(bus)).add(key);
    if (weight !== undefined) {
      await changeSetting(bus, TENANT_WEIGHTS_KEY, (now = {}) => ({ ...now, [key.tenant]: weight }));
    }
    const said = paint.quiet(`key ${key.keyId} of ${key.tenant}; it is shown this once and kept nowhere:`);
    return { json: { ...withoutSecret(key), key: shown }, text: `${said}\n${shown}` };
  },
};

const list: Command = {
  name: 'keys list',
  arguments: [],
  summary: 'every API key, with what it has used today',
  run: async ({ bus, paint }) => {
    const usages = await openKeyUsages(bus);
    const rows = await Promise.all(
      (await (await openApiKeys(bus)).list()).map(async (key) => {
        const [today] = await usages.lately(key.keyId, 1, new Date());
        return { key, today };
      }),
    );
    const json = rows.map(({ key, today }) => ({
      ...withoutSecret(key),
      audioSecondsToday: today?.audioSeconds ?? 0,
    }));
    if (rows.length === 0) return { json, text: 'no keys' };
    const lines = columns([KEY_HEAD.map(paint.quiet), ...rows.map((row) => keyRow(row, paint))], KEY_COLUMNS);
    return { json, text: lines.join('\n') };
  },
};

const show: Command = {
  name: 'keys show',
  arguments: ['id'],
  options: { days: { type: 'string', means: 'how many days of its usage (7)' } },
  summary: 'one API key: what it may do, and what it has used',
  run: async (ctl, { arguments: [keyId = ''], option }) => {
    const key = await (await openApiKeys(ctl.bus)).get(keyId);
    const usage = await (await openKeyUsages(ctl.bus)).lately(keyId, readDays(option('days')), new Date());
    const weight = await weightOf(ctl, key);
    const facts = keyFacts(key, weight).map(([name, value]) => [ctl.paint.quiet(name), value]);
    const used = usageRows(usage, ctl.paint);
    return {
      json: { ...withoutSecret(key), weight, usage },
      text: [...columns(facts, 'll'), ...(used.length > 0 ? ['', ...columns(used, 'lrr')] : [])].join('\n'),
    };
  },
};

const revoke: Command = {
  name: 'keys revoke',
  arguments: ['id'],
  summary: 'takes an API key out of use at every ingest, within seconds and for good',
  run: async ({ bus }, { arguments: [keyId = ''] }) => {
    const key = await (await openApiKeys(bus)).revoke(keyId);
    return { json: withoutSecret(key), text: `${keyId} is revoked` };
  },
};

export const keyCommands: readonly Command[] = [create, list, show, revoke];

async function weightOf({ bus }: Ctl, { tenant }: ApiKey): Promise<number> {
  return (await readSetting(bus, TENANT_WEIGHTS_KEY))?.[tenant] ?? 1;
}
