import { ROLES, type Role } from '../role.ts';
import { ROLE_STORE_GRANTS } from './role-store-grants.ts';
import type { StoreGrant } from './store-grants.ts';

/** A policy as AWS, MinIO and others take it for a user, a role or a session; what it does not allow is refused. */
export interface StorePolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly StoreStatement[];
}

export interface StoreStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

/** Roles that have anything to do with the store. */
export const STORE_ROLES: readonly Role[] = ROLES.filter((role) => ROLE_STORE_GRANTS[role].length > 0);

/** What a role may do in this bucket. */
export function storePolicyOf(role: Role, bucket: string): StorePolicy {
  return {
    Version: '2012-10-17',
    Statement: ROLE_STORE_GRANTS[role].map((grant) => statementOf(grant, `arn:aws:s3:::${bucket}`)),
  };
}

function statementOf({ actions, does, prefixes }: StoreGrant, bucket: string): StoreStatement {
  return {
    Sid: does,
    Effect: 'Allow',
    Action: actions,
    Resource: prefixes?.map((prefix) => `${bucket}/${prefix}*`) ?? [bucket],
  };
}
