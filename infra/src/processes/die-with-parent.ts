import { findOnPath } from '../servers/find-on-path.ts';

/** Prefix that makes a foreign program end when we are killed without a chance to stop it (Linux, util-linux). */
export function dieWithParent(env: NodeJS.ProcessEnv): readonly string[] {
  const setpriv = process.platform === 'linux' ? findOnPath('setpriv', env) : undefined;
  return setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'TERM', '--'];
}
