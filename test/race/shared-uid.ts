import { launchHost } from "../../provider/agent/requests/launch";
import { launch } from "../render/launches";
import { withAgent } from "../support/connections";
import { drive, errorsOf } from "../support/driven";
import { siteOn } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { installPtracer, startPtracer } from "./ptracers";

const root = "/srv/jail";
/** Capability probes must not run as this user either: the first system account of every host. */
const system = 1;

/** The results of some runs. */
export interface SharedUid {
  readonly runs: number;
  /** Processes outside that a jailed daemon shared its user number with, or has seized. */
  readonly taken: readonly string[];
  readonly errors: readonly string[];
}

/** Runs checks of files with a user's rights and launch requests, while daemons in the jail try to take over these processes. */
export async function shareUid(host: LabHost, runs: number): Promise<SharedUid> {
  installPtracer(host);
  const site = siteOn(host, root);
  const driven = (content: string) =>
    drive(site, {}, {}, { one: { path: "etc/one", content, validate: ["cat", "{file}"], validateUser: "www" } });
  const errors = errorsOf(await driven("first").up());
  const ptracers = [await startPtracer(host, root, account.www.uid), await startPtracer(host, root, system)];
  let run = 0;
  while (run < runs) {
    errors.push(...errorsOf(await driven(`content ${++run}`).up("one")));
    await withAgent(site, (agent) => launchHost(agent, { ...launch, root }));
  }
  const taken = await Promise.all(ptracers.map((one) => one.stop()));
  return { runs: run, taken: taken.flat(), errors };
}
