import { type Lab, ok } from "./e2e";
import type { DeclaredRule } from "./program";

/** A stack that has made a jail with a rule, and another stack, for more rules of the same jail. */
export async function baseAndGuest(lab: Lab) {
  const base = await lab.stack({ project: "base" });
  const site = { connection: lab.host.connection, root: "/srv/two" };
  const own = { one: { jail: "app", match: "a*", directoryMode: "0700" } };
  base.declare({
    jails: { app: lab.jail("/srv/two", { directories: { a: "one", b: "two", ab: "both" } }) },
    rules: own,
  });
  ok(await base.up());

  const guest = await lab.stack({ project: "guest" });
  const declareGuest = (rules: Record<string, DeclaredRule>) => guest.declare({ rules });
  declareGuest({ b: { jail: site, match: "b", directoryMode: "0711" } });
  return { base, guest, site, declareGuest };
}
