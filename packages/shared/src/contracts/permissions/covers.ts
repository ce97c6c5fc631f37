/** Whether everything that matches `wanted` also matches `pattern`; both may have wildcards. */
export function covers(pattern: string, wanted: string): boolean {
  const allowed = pattern.split('.');
  const asked = wanted.split('.');
  for (const [at, token] of allowed.entries()) {
    if (token === '>') return asked.length > at;
    const other = asked[at];
    if (other === undefined || other === '>') return false;
    if (token !== '*' && token !== other) return false;
  }
  return allowed.length === asked.length;
}
