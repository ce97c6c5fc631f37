import type { Role } from '../contracts/role.ts';

/** How the users of a MinIO of ours are named, and where their secrets lie: one file each in the folder of keys. */
export const STORE_KEYS_FOLDER = 's3-keys';
export const storeAccessKey = (role: Role): string => `whisper-${role}`;
export const storeKeyFile = (role: Role): string => `${role}.key`;
