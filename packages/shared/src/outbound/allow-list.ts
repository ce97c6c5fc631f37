import { BlockList, isIP } from 'node:net';
import { z } from 'zod';

/** What an operator trusts though it is not public: networks, addresses, and hosts by name. */
export interface AllowList {
  readonly hasHost: (host: string) => boolean;
  readonly hasAddress: (address: string) => boolean;
}

const HOST = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)*$/;

/** `10.1.0.0/16,[::1],hooks.internal`: separated by commas. */
export const allowListSchema: z.ZodType<AllowList> = z
  .string()
  .default('')
  .transform((text, context) => {
    const entries = text
      .split(',')
      .map((entry) => entry.trim().toLowerCase())
      .filter((entry) => entry !== '');
    const wrong = entries.find((entry) => !HOST.test(entry) && subnetOf(entry) === undefined);
    if (wrong === undefined) return toAllowList(entries);
    context.addIssue(`"${wrong}" is no network, no address and no host`);
    return z.NEVER;
  });

function toAllowList(entries: readonly string[]): AllowList {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const { address, family, prefix } of entries.flatMap((entry) => subnetOf(entry) ?? [])) {
    lists[family].addSubnet(address, prefix, family);
  }
  return {
    hasHost: (host) => entries.includes(host.toLowerCase()) && isIP(host) === 0,
    hasAddress: (address) => {
      const version = isIP(address);
      if (version === 0 || address.includes('%')) return false;
      const family = version === 4 ? 'ipv4' : 'ipv6';
      return lists[family].check(address, family);
    },
  };
}

interface Subnet {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

function subnetOf(entry: string): Subnet | undefined {
  const [bare = '', length, ...more] = entry.split('/');
  const address = bare.replace(/^\[(.*)\]$/, '$1');
  const version = isIP(address);
  const widest = version === 4 ? 32 : 128;
  const isLength = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= widest);
  if (version === 0 || more.length > 0 || !isLength) return undefined;
  return { address, prefix: Number(length ?? widest), family: version === 4 ? 'ipv4' : 'ipv6' };
}
