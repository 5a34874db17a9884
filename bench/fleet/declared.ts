import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { storedVerbs } from "../../provider/dynamic/stored-verbs";
import { Verbs } from "../../provider/dynamic/verbs";
import { jailKind } from "../../provider/resources/jail/kind";
import { type DeclaredJail, fill } from "../../test/support/program";
import { newEngine } from "../../test/support/session";
import { type ManyHosts, rootOf } from "../many-hosts";

const type = "pulumi-nodejs:dynamic/chroot:Jail";

/** The resources of the state after an `up` of these jails, which the product's own verbs have made. */
export async function declaredState(jails: readonly DeclaredJail[]): Promise<object[]> {
  const verbs = storedVerbs(new Verbs(jailKind, newEngine()));
  const resources: object[] = [];
  const left = jails.entries();
  const one = async () => {
    for (const [index, declared] of left) {
      const { jails: filled } = fill({ jails: { jail: declared } });
      const urn = `urn:pulumi:dev::fleet::${type}::jail${index}`;
      const given = { ...filled["jail"], __claims: {}, __provider: 'require("pulumi-chroot/lifecycle").jail' };
      const { inputs, failures } = await verbs.check({}, { ...given, turn: { urn, preview: false } });
      if (failures) throw new Error(JSON.stringify(failures));
      await verbs.create(inputs);
      resources.push({ urn, type, inputs: { ...inputs, __provider: given.__provider } });
    }
  };
  await Promise.all(Array.from({ length: 16 }, one));
  return resources;
}

/** The text of an exported state with these resources. */
export function stateText(resources: readonly object[]): string {
  return JSON.stringify({ version: 3, deployment: { resources } });
}

/** Writes the exported state of a stack that has the jails of all hosts; the path of its file. */
export async function writeState({ host, addresses }: ManyHosts): Promise<string> {
  const { hostKey, port, privateKey } = host.connection;
  const jails = addresses.map((address, index) => ({
    // The hosts share one machine, which may be busy.
    connection: { host: address, hostKey, port, privateKey, user: "root", perDialTimeout: 120 },
    root: rootOf(index),
    adopt: true,
  }));
  const file = join(host.directory, "state.json");
  writeFileSync(file, stateText(await declaredState(jails)), { mode: 0o600 });
  return file;
}
