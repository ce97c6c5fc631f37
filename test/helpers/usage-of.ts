import { z } from 'zod';
import { askWithKey } from './ask-with-key.ts';

const usageSchema = z.object({
  keyId: z.string().nullable(),
  days: z.array(z.object({ day: z.string(), jobs: z.int(), audioSeconds: z.number() })),
});

/** What a key has used today, by `GET /usage`. */
export async function usageOf(url: string, key: string): Promise<{ jobs: number; audioSeconds: number }> {
  const { body } = await askWithKey(`${url}/usage`, key);
  const [today] = usageSchema.parse(body).days;
  return { jobs: today?.jobs ?? 0, audioSeconds: today?.audioSeconds ?? 0 };
}
