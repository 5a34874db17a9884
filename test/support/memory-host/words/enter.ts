import { Failure } from "../failure";
import { type Inode, isKept, typeWord } from "../inode";
import { ownerNames } from "../machine";
import type { Serve } from "../request";
import type { Session } from "../session";
import { waysTo } from "../way";

/** The way to the root: 10-place.sh of the real agent. */
export const enter: Serve = (session, { b, data }) => {
  session.root = data;
  session.entered = undefined;
  session.entered = rootOf(session, b === "make");
};

/** Looks at all directories from / to the root; undefined where there is no root. */
function rootOf(session: Session, make: boolean): Inode | undefined {
  const { root, machine } = session;
  const { tree } = machine;
  let above = tree.root;
  let up = "/";
  for (const at of waysTo(root)) {
    const refuse = () => {
      session.say(`unsafe ${up} ${ownerNames(machine, above)} ${above.mode.toString(8)}`);
      throw new Failure("");
    };
    let here = tree.find(at);
    if (!here) {
      if (!isKept(above, 0)) refuse();
      if (!make) {
        session.say(`absent ${at}`);
        return undefined;
      }
      here = tree.mkdir(at, at === root ? 0o700 : 0o755);
    }
    if (!isKept(above, here.uid)) refuse();
    if (here.type !== "directory") {
      session.say(`nodir ${typeWord(here)} ${at}`);
      throw new Failure("");
    }
    above = here;
    up = at;
  }
  return above;
}
