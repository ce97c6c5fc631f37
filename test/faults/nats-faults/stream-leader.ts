import type { Bus } from '@whisper/shared/bus/connect';
import { INTAKE_STREAM } from '@whisper/shared/contracts/topology';
import { eventually } from '../../helpers/eventually.ts';
import type { NatsNode } from '../../helpers/nats-nodes.ts';
import type { Site } from '../site/site.ts';

/** The node through which accepted jobs are written now. */
export async function leaderOf(site: Site, bus: Bus): Promise<NatsNode> {
  return eventually(async () => {
    const { cluster } = await bus.manager.streams.info(INTAKE_STREAM);
    return site.nats.nodes.find(({ name }) => name === cluster?.leader);
  });
}

/** A node that leads nothing of the intake. */
export async function followerOf(site: Site, bus: Bus): Promise<NatsNode> {
  const leader = await leaderOf(site, bus);
  const follower = site.nats.nodes.find(({ name }) => name !== leader.name);
  if (!follower) throw new Error('one node alone has no follower');
  return follower;
}
