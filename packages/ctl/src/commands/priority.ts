import {
  classOf,
  DEFAULT_MODEL_PRIORITY,
  MODEL_PRIORITY_KEY,
  type ModelPriority,
} from '@whisper/shared/contracts/model-priority';
import { changeSetting, readSetting } from '@whisper/shared/storage/change-setting';
import { UsageError, type Command } from '../command.ts';
import { columns } from '../text/columns.ts';

const list: Command = {
  name: 'priority list',
  arguments: [],
  summary: 'models with their numbers and classes, lightest first',
  run: async ({ bus, paint }) => {
    const set = (await readSetting(bus, MODEL_PRIORITY_KEY)) ?? {};
    const models = rowsOf(set);
    const rows = models.map(({ model, priority, class: modelClass, isSet }) => [
      model,
      String(priority),
      modelClass,
      isSet ? paint.warn('set') : '',
    ]);
    const head = ['model', 'number', 'class', ''].map(paint.quiet);
    const note = paint.quiet('0–2 is light, 3–4 medium, above or unlisted heavy');
    return { json: models, text: [...columns([head, ...rows], 'lrll'), note].join('\n') };
  },
};

const set: Command = {
  name: 'priority set',
  arguments: ['model', 'number'],
  summary: 'changes the order at once, for jobs that wait too; lower is lighter',
  run: async ({ bus }, { arguments: [model = '', number = ''] }) => {
    if (!/^\d{1,3}$/.test(number)) throw new UsageError('the number must be from 0 to 999');
    const priority = await changeSetting(bus, MODEL_PRIORITY_KEY, (now = {}) => ({
      ...now,
      [model]: Number(number),
    }));
    return { json: priority, text: `${model} is ${number}: ${classOf(model, priority ?? {})}` };
  },
};

const unset: Command = {
  name: 'priority unset',
  arguments: ['model'],
  summary: 'back to the default',
  run: async ({ bus }, { arguments: [model = ''] }) => {
    const priority = await changeSetting(bus, MODEL_PRIORITY_KEY, (now = {}) => {
      const { [model]: _unset, ...rest } = now;
      return rest;
    });
    return { json: priority, text: `${model} is ${classOf(model, priority ?? {})} by default` };
  },
};

export const priorityCommands: readonly Command[] = [list, set, unset];

function rowsOf(
  set: ModelPriority,
): readonly { model: string; priority: number; class: string; isSet: boolean }[] {
  const all = { ...DEFAULT_MODEL_PRIORITY, ...set };
  return Object.entries(all)
    .sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))
    .map(([model, priority]) => ({ model, priority, class: classOf(model, set), isSet: model in set }));
}
