/** A number of units, or a percentage of the whole fleet, such as `"10%"`. */
export type Share = number | `${number}%`;

/** A share as a number of units. A percentage rounds down. */
export function unitsOf(share: Share, fleetSize: number): number {
  return typeof share === "number" ? share : Math.floor((Number.parseFloat(share) * fleetSize) / 100);
}

/** The mistake in a share: a fraction or a negative number of units, or a percentage outside 0 to 100. */
export function shareMistake(share: Share): string | undefined {
  if (typeof share === "number")
    return Number.isSafeInteger(share) && share >= 0 ? undefined : `${share} is no number of units`;
  const percent = /^(?:\d+(?:\.\d+)?)%$/.test(share) ? Number.parseFloat(share) : Number.NaN;
  return percent <= 100 ? undefined : `${JSON.stringify(share)} is no percentage, such as "10%"`;
}
