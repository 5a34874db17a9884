import type { Bytes } from "../../model/bytes";
import type { Agent } from "../channel/agent";
import { ask } from "../channel/ask";
import { emptyList, toldIn } from "../channel/reply";
import { pathList } from "../paths";
import { enter } from "./enter";

/**
 * Tells how many seconds ago entries of the jail have changed last, given by their inodes (`device:inode`): both times are the
 * host's. A path with another inode by now has no age, nor has a time to come, or one that is not understood.
 */
export async function agesOf(agent: Agent, inodes: ReadonlyMap<Bytes, string>): Promise<ReadonlyMap<Bytes, number>> {
  const data = pathList([...inodes.keys()]);
  const [, reply] = await Promise.all([enter(agent), ask(agent, "times", { data })]);
  const now = secondsIn(toldIn(reply, "now"));
  const changed = new Map(
    (reply.lists.get("times") ?? emptyList).pieces.map((line): [string, number] => {
      const [inode = "", time] = line.split(" ");
      return [inode, secondsIn(time)];
    }),
  );
  return new Map(
    [...inodes].flatMap(([path, inode]): [Bytes, number][] => {
      const age = now - (changed.get(inode) ?? Number.NaN);
      return age >= 0 ? [[path, age]] : [];
    }),
  );
}

/** Seconds since 1970; NaN for any other text, and for 0, which some file systems give for a time that they do not keep. */
function secondsIn(text = ""): number {
  return /^[1-9][0-9]{0,11}$/.test(text) ? Number(text) : Number.NaN;
}
