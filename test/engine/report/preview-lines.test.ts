import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { Engine } from "../../../provider/engine/engine";
import { checkResource } from "../../../provider/engine/session/resource-check";
import { connections } from "../../support/connections";
import { drive, type JailPart, type RuleParts } from "../../support/driven";
import { directory, file } from "../../support/memory-host/entries";
import type { MemoryHost } from "../../support/memory-host/memory-host";
import { useMemoryHost } from "../../support/memory-host/use-memory-host";
import { account } from "../../support/program";

describe("the lines of a preview", () => {
  let host: MemoryHost;
  useMemoryHost({ accounts: account }, (made) => {
    host = made;
    host.files.make("/srv/old", { zones: directory(), ...zones });
  });
  const zones = Object.fromEntries(["a", "b", "c", "d", "e"].map((name) => [`zones/${name}`, file("")]));

  /** The lines of a preview, by resource, and the text that each resource gets into its inputs. */
  async function previewed(jail: JailPart, rules: RuleParts) {
    const lines: [string, string][] = [];
    const log = async (urn: string, _: string, text: string) => void lines.push([urn.split("::").at(-1) ?? "", text]);
    const session = new Engine({ log, signal: new AbortController().signal, connections }).session(
      host.site("/srv/old"),
    );
    drive(session.site, jail, rules, {}, [], session);
    const hosts: (string | undefined)[] = [];
    for (const declaration of session.program.view().declarations) {
      const urn = session.program.urnOf(declaration.owner.token ?? "") ?? assert.fail();
      hosts.push((await checkResource(session, declaration, false, { urn, preview: true })).host);
    }
    return { lines, hosts };
  }

  test("tell a refusal of the whole jail once, from the Jail, and each resource has it in its inputs", async () => {
    const rules = { one: { match: "zones", directoryMode: "0700" }, two: { match: "x", fileMode: "0600" } };
    const { lines, hosts } = await previewed({ adopt: false }, rules);
    const refusals = lines.filter(([, text]) => text.includes(": refused: "));
    expect(refusals.map(([name]) => name)).toStrictEqual(["jail"]);
    expect(refusals.join()).toMatch(/: refused: set adopt: true to take over/);
    expect(hosts[0]).toMatch(/^refused: set adopt/);
    expect(hosts).toStrictEqual([hosts[0], hosts[0], hosts[0]]);
  });

  test("tell a conflict of two rules over many paths in one sentence, and which rule has told it", async () => {
    const rules = { one: { match: "zones/*", fileMode: "0600" }, two: { match: "*/?", fileMode: "0644" } };
    const { lines, hosts } = await previewed({}, rules);
    const place = `root@${host.site("/").connection.host}:/srv/old`;
    const [one, two] = ["PermissionRule::one", "PermissionRule::two"];
    const said = `refused: ${one} and ${two} give different modes to zones/a, zones/b, zones/c and 2 more with the same order: give one of them a higher order, or a literal path`;
    expect(hosts).toStrictEqual([undefined, said, said]);
    const refusals = lines.filter(([, text]) => text.includes(": refused: "));
    expect(refusals).toStrictEqual([
      ["one", `${place}: ${said}`],
      ["two", `${place}: refused: as ${one} says`],
    ]);
  });
});
