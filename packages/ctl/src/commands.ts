import type { Command } from './command.ts';
import { deadCommands } from './commands/dead.ts';
import { jobCommands } from './commands/jobs.ts';
import { keyCommands } from './commands/keys.ts';
import { priorityCommands } from './commands/priority.ts';
import { recoveryCommands } from './commands/resubmit.ts';
import { statusCommands } from './commands/status.ts';
import { webhookCommands } from './commands/webhooks.ts';
import { weightCommands } from './commands/weights.ts';

/** Everything that can be asked of a running system, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  ...statusCommands,
  ...jobCommands,
  ...deadCommands,
  ...webhookCommands,
  ...priorityCommands,
  ...weightCommands,
  ...keyCommands,
  ...recoveryCommands,
];
