import { askWithKey } from './ask-with-key.ts';
import { eventually } from './eventually.ts';

/** Until every one of these ingests has heard of a key. */
export async function known(key: string, ...urls: readonly string[]): Promise<void> {
  for (const url of urls) {
    await eventually(async () => (await askWithKey(`${url}/v1/models`, key)).status !== 401);
  }
}
