/**
 * The name that a misspelt word means, or undefined where none is like it. The beginning or the end of a few names means any
 * of them: `mode` is `fileMode or directoryMode`.
 */
export function similarName(word: string, names: readonly string[]): string | undefined {
  // A third of its letters may be wrong; in a short word one letter.
  const most = Math.max(1, Math.floor(word.length / 3));
  const near = names.map((name) => ({ name, far: distance(word.toLowerCase(), name.toLowerCase()) }));
  const [first] = near.filter(({ far }) => far <= most).sort((one, other) => one.far - other.far);
  if (first || word.length < 3) return first?.name;
  const part = word.toLowerCase();
  const whole = names.filter((name) => name.toLowerCase().startsWith(part) || name.toLowerCase().endsWith(part));
  return whole.length > 0 && whole.length <= 3 ? whole.join(" or ") : undefined;
}

/** Letters to be added, left out, replaced or exchanged with the next one (optimal string alignment). */
function distance(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const next = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      const isExchanged =
        row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      next[column] = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
        isExchanged ? (beforeLast[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    beforeLast = last;
    last = next;
  }
  return last[other.length] ?? 0;
}
