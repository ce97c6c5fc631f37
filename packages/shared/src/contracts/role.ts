/** Who connects to NATS: one user each, allowed what `permissions/role-grants` says and nothing else. */
export const ROLES = [
  'ingest',
  'scheduler',
  'cpu-worker',
  'gpu-worker',
  /** Listens to events, and does nothing. */
  'subscriber',
  /** `npm run ctl`. */
  'operator',
  /** `npm run topology`: the only one that may make or change streams. */
  'provisioner',
] as const;
export type Role = (typeof ROLES)[number];

/** Each role has replies of its own: no other may listen to them. */
export const inboxPrefix = (role: Role): string => `_INBOX_${role.replace('-', '_')}`;
