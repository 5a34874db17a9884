import { z } from "zod";
import { connectionArgs } from "../model/connection";
import { rootField } from "./fields";

/** The jail of a resource: a `Jail`, or connection and root of a jail that is declared elsewhere. */
export const jailReferenceArgs = z.strictObject({
  /**
   * How to reach the host over SSH.
   * @example connection: { host: "ns1.example.com" }
   */
  connection: connectionArgs,
  /**
   * Root of a jail that a `Jail` declares, here or in another stack.
   * @example root: "/chroot/named"
   */
  root: rootField,
});

/** Whether two resources of jails are in one jail. */
export function sameRoot(olds: Readonly<Record<string, unknown>>, news: Readonly<Record<string, unknown>>): boolean {
  const [last, next] = [olds["jail"], news["jail"]] as { root?: string }[];
  return last?.root === next?.root;
}
