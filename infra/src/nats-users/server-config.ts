import { permissionsOf } from '@whisper/shared/contracts/permissions/permissions-of';
import type { NatsUser } from './seeds.ts';

/** The `authorization` block of nats-server's configuration: a user for each role, allowed what the role needs. */
export function authorizationBlock(users: readonly NatsUser[], others: readonly string[] = []): string {
  return ['authorization {', '  users: [', ...users.flatMap(userLines), ...others, '  ]', '}', ''].join('\n');
}

function userLines({ role, publicKey }: NatsUser): readonly string[] {
  const { publish, subscribe } = permissionsOf(role);
  return [
    `    # ${role}`,
    `    { nkey: ${publicKey}, permissions: {`,
    ...listLines('publish', publish),
    ...listLines('subscribe', subscribe),
    '    } }',
  ];
}

function listLines(name: string, subjects: readonly string[]): readonly string[] {
  return [
    `      ${name}: { allow: [`,
    ...subjects.map((subject) => `        ${JSON.stringify(subject)}`), // unquoted, $ would be a variable
    '      ] }',
  ];
}
