/**
 * Preloaded into a process (`--import`): the name `rebind.example` is this machine when it is asked for first, and another
 * address of it afterwards, as a hostile DNS server answers.
 */
import dns from 'node:dns/promises';
import { syncBuiltinESMExports } from 'node:module';

const { lookup } = dns;
let asked = 0;
dns.lookup = (host, options) =>
  host === 'rebind.example'
    ? Promise.resolve([{ address: asked++ === 0 ? '127.0.0.1' : '127.0.0.2', family: 4 }])
    : lookup(host, options);
syncBuiltinESMExports();
