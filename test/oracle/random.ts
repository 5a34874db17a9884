/** Numbers from a seed: a run that has found something can be had again. */
export interface Random {
  below(limit: number): number;
  chance(of: number, among: number): boolean;
  pick<T>(from: readonly T[]): T;
}

export function randomOf(seed: number): Random {
  let state = (seed * 2654435761) >>> 0 || 1;
  const below = (limit: number) => {
    // xorshift32
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % limit;
  };
  for (let warm = 0; warm < 8; warm++) below(2);
  return {
    below,
    chance: (of, among) => below(among) < of,
    pick: (from) => {
      const chosen = from[below(from.length)];
      if (chosen === undefined) throw new Error("nothing to pick from");
      return chosen;
    },
  };
}
