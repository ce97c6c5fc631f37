import { z } from 'zod';

const serious = z.object({
  level: z.enum(['warn', 'error', 'fatal']),
  msg: z.string().optional(),
  err: z.object({ message: z.string() }).partial().optional(),
  jobId: z.string().optional(),
});

/** One readable line for a JSON log line of level warn and above; undefined for everything else. */
export function describeLogLine(service: string, line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  const parsed = serious.safeParse(parseJson(line));
  if (!parsed.success) return undefined;
  const { level, msg, err, jobId } = parsed.data;
  const what = [msg, err?.message].filter((part) => part !== undefined).join(': ');
  return `[${service}] ${level}: ${what}${jobId === undefined ? '' : ` (job ${jobId})`}`;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
