import type { NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';
import { covers } from '../contracts/permissions/covers.ts';
import { permissionsOf, USER_INFO_SUBJECT } from '../contracts/permissions/permissions-of.ts';
import type { Role } from '../contracts/role.ts';
import type { Logger } from '../kit/logger.ts';
import { isRefused } from './nats-errors.ts';

const ANSWER_MS = 2_000;

const listSchema = z.object({
  allow: z.array(z.string()).optional(),
  deny: z.array(z.string()).optional(),
});
type List = z.infer<typeof listSchema>;
const userInfoSchema = z.object({
  data: z.object({
    permissions: z.object({ publish: listSchema.optional(), subscribe: listSchema.optional() }).optional(),
  }),
});

/**
 * A user that may do too little would fail later and piece by piece, so it is refused at the start, with what it lacks.
 * @throws Error naming the subjects
 */
export async function checkPermissions(connection: NatsConnection, role: Role, log: Logger): Promise<void> {
  const { publish, subscribe } = permissionsOf(role);
  const given = await askPermissions(connection, role, log);
  if (!given) return;
  const lacking = {
    publish: publish.filter((subject) => !allows(given.publish, subject)),
    subscribe: subscribe.filter((subject) => !allows(given.subscribe, subject)),
  };
  const missing = [...lacking.publish, ...lacking.subscribe];
  if (missing.length === 0) return;
  log.fatal({ role, lacking }, 'the NATS user lacks permissions');
  throw new Error(`The NATS user of ${role} lacks permissions: ${missing.join(', ')}`);
}

interface Given {
  readonly publish?: List | undefined;
  readonly subscribe?: List | undefined;
}

/** `undefined` when the server does not say: then what is refused shows when it is tried. */
async function askPermissions(
  connection: NatsConnection,
  role: Role,
  log: Logger,
): Promise<Given | undefined> {
  try {
    const answer = await connection.request(USER_INFO_SUBJECT, undefined, { timeout: ANSWER_MS });
    return userInfoSchema.parse(answer.json()).data.permissions;
  } catch (err) {
    if (isRefused(err)) throw new Error(`The NATS user is not one for ${role}`, { cause: err });
    log.warn({ err }, 'NATS does not tell what this user may do');
    return undefined;
  }
}

function allows(list: List | undefined, subject: string): boolean {
  const isAllowed = !list?.allow || list.allow.some((pattern) => covers(pattern, subject));
  return isAllowed && !list?.deny?.some((pattern) => covers(pattern, subject));
}
