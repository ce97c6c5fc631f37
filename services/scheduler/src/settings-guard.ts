import type { Bus } from '@whisper/shared/bus/connect';
import { publishDurably } from '@whisper/shared/bus/publish';
import { isSettingKey } from '@whisper/shared/contracts/settings';
import { systemEvent } from '@whisper/shared/contracts/system-event';
import type { Logger } from '@whisper/shared/kit/logger';
import { watchSettings, type RejectedSetting, type Settings } from '@whisper/shared/storage/settings';

/**
 * Follows the settings; a value that does not parse is told to operators by an event, and the one in force is put
 * back, so that a process which starts later finds it.
 */
export async function guardSettings(bus: Bus, log: Logger): Promise<Settings> {
  const early: RejectedSetting[] = [];
  let handle = (each: RejectedSetting): void => void early.push(each);
  const settings = await watchSettings(bus, log, (each) => {
    handle(each);
  });
  handle = (each) => {
    reject(bus, settings, each).catch((err: unknown) => {
      log.warn({ err, key: each.key }, 'rejected setting not told');
    });
  };
  for (const each of early) handle(each);
  return settings;
}

async function reject(
  bus: Bus,
  settings: Settings,
  { key, revision, reason }: RejectedSetting,
): Promise<void> {
  const id = `setting.${key}.${revision}`;
  const event = systemEvent.encode({
    specversion: '1.0',
    id,
    source: '/whisper/scheduler',
    type: 'whisper.system.setting-rejected',
    subject: key,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    data: { key, revision, reason },
  });
  await publishDurably(bus, systemEvent.subject('setting-rejected'), event, { messageId: id });
  if (isSettingKey(key)) await settings.restore(key, revision);
}
