import { Asking } from "../agent/asking";
import { observe } from "../agent/observe";
import { formatSite, siteAt } from "../agent/site";
import { ChrootError } from "../errors";
import { mtree } from "../render/mtree";
import { jailReferenceArgs } from "../resources/permission-rule/args";
import { closeAll } from "../ssh/host";
import { newlyKnown, viewOf } from "./view";

/** How many are being made: connections that are open keep a program from ending. */
let making = 0;

/** What the host's registry declares for a root, and what is there, as a specification for mtree(8). */
export async function mtreeOf(place: unknown): Promise<string> {
  const site = siteAt(jailReferenceArgs.parse(place));
  making++;
  try {
    const program = { stack: undefined, declarations: [], departed: new Set<string>() };
    const asking = new Asking(site);
    const { merged, observation } = await viewOf(program, await observe(site), {
      site,
      use: (use) => asking.ask(use),
      ...newlyKnown(),
    });
    if (merged.jail) return mtree(merged, observation);
  } finally {
    making--;
    if (making === 0) await closeAll();
  }
  throw new ChrootError("refused", {
    what: "there is no specification",
    where: formatSite(site),
    why: "the registry of this host has no Jail with this root",
    remedy: "declare one and run pulumi up, or correct the root",
  });
}
