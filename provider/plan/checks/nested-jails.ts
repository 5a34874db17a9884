import { type Finding, finding } from "../../intent/finding";
import { globsOf, isAtOrBelow } from "../../intent/glob/glob";
import { bytesOf, show } from "../../model/bytes";

/** Another jail on the same host. */
export interface OtherJail {
  readonly root: string;
  /** The resource as people know it, with its stack where that is another one. */
  readonly name: string;
  readonly exclude: Readonly<Record<string, string>> | undefined;
}

/**
 * Refuses a jail inside a jail: each would set the other's files to its own owners and modes, for ever. An outer jail that
 * excludes the inner one leaves it alone, and is allowed.
 */
export function nestedRefusals(own: OtherJail, others: readonly OtherJail[]): Finding[] {
  return others.flatMap((other) => {
    const evidence = { root: other.root, name: other.name };
    const [below, above] = [pathInsideJail(other.root, own), pathInsideJail(own.root, other)];
    if (below !== undefined) return [finding("nested-jail", { ...evidence, exclude: below, isOuter: false })];
    return above === undefined ? [] : [finding("nested-jail", { ...evidence, exclude: above, isOuter: true })];
  });
}

/** The path of one root inside another jail, as shown to people; undefined where that jail excludes it. */
export function pathInsideJail(
  root: string,
  { root: top, exclude }: Pick<OtherJail, "root" | "exclude">,
): string | undefined {
  if (!root.startsWith(`${top}/`)) return undefined;
  const path = bytesOf(root.slice(top.length + 1));
  return isAtOrBelow(path, globsOf(exclude)) ? undefined : show(path);
}
