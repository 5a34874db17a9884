/** Patterns of ssh_config(5) and known_hosts: `*` and `?`, and `!` for names to exclude even if another pattern matches. */

export function matchesAny(patterns: readonly string[], name: string): boolean {
  let matches = false;
  for (const pattern of patterns) {
    const isNegated = pattern.startsWith("!");
    if (!covers(isNegated ? pattern.slice(1) : pattern, name)) continue;
    if (isNegated) return false;
    matches = true;
  }
  return matches;
}

/** A known_hosts file may have a thousand hosts, all compared for each connection: plain names need no regular expression. */
function covers(pattern: string, name: string): boolean {
  return /[*?]/.test(pattern) ? wildcard(pattern).test(name) : pattern === name;
}

function wildcard(pattern: string): RegExp {
  const source = pattern
    .replace(/[\\^$.+()[\]{}|]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`);
}
