import { Lease } from "../agent/channel/lease";
import { formatSite } from "../agent/site";
import { ChrootError } from "../errors";
import { show } from "../model/bytes";
import { mtree } from "../render/documents/mtree";
import { unreadText } from "../render/text/findings/unread";
import { jailReferenceArgs } from "../resources/jail-reference";
import { Connections } from "../ssh/connections";
import { assess } from "./assess/assess";
import { noAnswers } from "./assess/host-answers";
import { observe } from "./assess/readable-registries";
import { Engine } from "./engine";

/** The registry's declarations for a root and the files found there, as a specification for mtree(8). */
export async function mtreeOf(place: unknown): Promise<string> {
  const connections = new Connections();
  const engine = new Engine({ log: async () => {}, signal: new AbortController().signal, connections });
  const site = engine.siteAt(jailReferenceArgs.parse(place));
  try {
    const program = { stack: undefined, declarations: [], departed: new Set<string>() };
    const lease = new Lease(connections, site);
    const { merged, observation } = await assess(program, await observe(connections, site), {
      site,
      otherJails: () => [],
      use: (use) => lease.ask(use),
      ...noAnswers(),
    });
    const [unseen] = observation.unseen ?? [];
    if (unseen) {
      const [what, why] = ["there is no specification", `${show(unseen.at)}: ${unreadText(unseen.why)}`];
      throw new ChrootError("not-checked", { what, where: formatSite(site), why });
    }
    if (merged.jail) return mtree(merged, observation);
  } finally {
    await engine.close();
  }
  throw new ChrootError("refused", {
    what: "there is no specification",
    where: formatSite(site),
    why: "the registry of this host has no Jail with this root",
    remedy: "declare one and run pulumi up, or correct the root",
  });
}
