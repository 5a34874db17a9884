import { type Bytes, fromWire } from "../../model/bytes";
import type { Agent } from "../channel/agent";
import { ask } from "../channel/ask";
import { records } from "../channel/entry-lines";
import { emptyList } from "../channel/reply";
import { fromAgent, pathList } from "../paths";
import { enter } from "./enter";

/** Flags that keep even root from changing a file or a directory (chattr(1)). */
export type Flag = "immutable" | "append-only";

/** Reads the flags of some files and directories in the jail, where the host has lsattr. */
export async function flagsOf(agent: Agent, paths: readonly Bytes[]): Promise<ReadonlyMap<Bytes, Flag>> {
  const list = pathList(paths);
  const [, { lists }] = await Promise.all([enter(agent), ask(agent, "flags", { data: list })]);
  const { found } = records((lists.get("flags") ?? emptyList).pieces, flagged);
  return new Map(
    found.flatMap((record): [Bytes, Flag][] => {
      const [, letters = "", path = ""] = flagged.exec(record) ?? [];
      const flag = letters.includes("i") ? "immutable" : letters.includes("a") ? "append-only" : undefined;
      return flag ? [[fromAgent(fromWire(path)), flag]] : [];
    }),
  );
}

/** lsattr's `----i---------e------- path`. */
const flagged = /^([-A-Za-z]+) (\.\/\/[\s\S]*)$/;
