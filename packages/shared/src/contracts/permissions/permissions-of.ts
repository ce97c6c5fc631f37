import { inboxPrefix, type Role } from '../role.ts';
import { all, says, hears } from './grants.ts';
import { ROLE_GRANTS } from './role-grants.ts';

/** Asks the server what the own user may do. */
export const USER_INFO_SUBJECT = '$SYS.REQ.USER.INFO';

/** Everything that is not listed is refused. */
export interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** What the NATS user of a role is allowed. */
export function permissionsOf(role: Role): Permissions {
  const { publish = [], subscribe = [] } = all(
    ...ROLE_GRANTS[role],
    says(USER_INFO_SUBJECT),
    hears(`${inboxPrefix(role)}.>`),
  );
  return { publish, subscribe };
}

/** Streams and buckets that a role cannot work without. */
export function streamsOf(role: Role): readonly string[] {
  return all(...ROLE_GRANTS[role]).streams ?? [];
}
