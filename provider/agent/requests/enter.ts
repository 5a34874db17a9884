import { ChrootError } from "../../errors";
import { bytesOf, fromWire, show, utf8Of } from "../../model/bytes";
import type { Agent } from "../channel/agent";
import { ask } from "../channel/ask";
import type { Chain } from "../channel/chain";
import { expectDone, type Reply } from "../channel/reply";
import { formatSite, type Site } from "../site";

/** Sends the agent to the jail's root; `makeIn` is a chain that makes an absent one. */
export function enter(agent: Agent, makeIn?: Chain): Promise<Reply<"enter">> {
  const data = Buffer.from(agent.site.root, "utf8");
  return ask(makeIn ?? agent, "enter", { data, make: makeIn ? "make" : undefined });
}

export function checkEntered(entered: Reply, site: Site): void {
  const refuse = (code: "unsafe-parent" | "not-a-directory", why: string, remedy: string) => {
    throw new ChrootError(code, { what: "cannot enter the jail", where: formatSite(site), why, remedy });
  };
  for (const [word, rest] of entered.lines) {
    if (word === "unsafe") {
      const [, at = "", owners = "", mode = ""] = /^(.*) (\S+) (\S+)$/.exec(rest) ?? [];
      const parent = `its parent ${show(fromWire(at))}`;
      const why = `${parent} is ${owners} ${mode.padStart(4, "0")}: a user who may write there can replace the jail`;
      const isSticky = owners.startsWith("root:") && /^[1357]...$/.test(mode);
      const child = site.root.slice(utf8Of(at).length + 1).split("/")[0] ?? "";
      refuse(
        "unsafe-parent",
        isSticky ? `${why}, as ${child} in it is not root's` : why,
        isSticky
          ? `make ${show(bytesOf(child))} in it root's, after a look at its contents`
          : `make ${show(fromWire(at))} root's, with no write permission for group and others, or with the sticky bit`,
      );
    }
    if (word === "nodir") {
      const link = rest.startsWith("symbolic link");
      const type = /^(.*?) \//.exec(rest)?.[1] ?? "";
      const at = show(fromWire(rest.slice(type.length + 1)));
      refuse(
        "not-a-directory",
        `${at} is a ${type}, not a directory`,
        link ? "declare the path that it points to" : "declare another root",
      );
    }
  }
  expectDone(entered, "cannot enter the jail", formatSite(site));
}
