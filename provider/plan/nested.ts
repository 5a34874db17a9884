import { globsOf, isAtOrBelow } from "../intent/expected";
import type { Refusal } from "../intent/merge";
import { bytesOf, show } from "../model/bytes";

/** One of the jails of a host. */
export interface OtherJail {
  readonly root: string;
  /** As people know the resource, with its stack where that is another one. */
  readonly name: string;
  readonly exclude: Readonly<Record<string, string>> | undefined;
}

/**
 * A jail in a jail: each would hold the other's files to its own owners and modes, for ever. Where the outer one excludes the inner
 * one it leaves it alone.
 */
export function nestedRefusals(own: OtherJail, others: readonly OtherJail[]): Refusal[] {
  return others.flatMap((other) => {
    const name = `the jail ${show(bytesOf(other.root))} (${other.name})`;
    const [below, above] = [inside(other.root, own), inside(own.root, other)];
    const both = "or move one of the two, as who has a directory open in both may leave them";
    if (below !== undefined) return [{ why: `${name} lies in this one: exclude ${below}, ${both}` }];
    return above === undefined ? [] : [{ why: `it lies in ${name}: exclude ${above} there, ${both}` }];
  });
}

/** The place of a root in a jail, as it is shown, where the jail does not leave it alone. */
export function inside(root: string, { root: top, exclude }: Pick<OtherJail, "root" | "exclude">): string | undefined {
  if (!root.startsWith(`${top}/`)) return undefined;
  const path = bytesOf(root.slice(top.length + 1));
  return isAtOrBelow(path, globsOf(exclude)) ? undefined : show(path);
}
