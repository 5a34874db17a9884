import { describe, expect, test } from "@jest/globals";
import { registryHome } from "../../../provider/agent/site";
import { drive, errorsOf, type JailPart } from "../../support/driven";
import { directory, type Given, link } from "../../support/memory-host/entries";
import type { MemoryHost } from "../../support/memory-host/memory-host";
import { useMemoryHost } from "../../support/memory-host/use-memory-host";
import { account } from "../../support/program";

const root = "/srv/jail";
const group = { gid: 1033 };

describe("links in a jail on a host", () => {
  let host: MemoryHost;
  useMemoryHost({ accounts: account }, (made) => {
    host = made;
  });
  const jail: JailPart = {
    directories: { "var/run/app": "its sockets" },
    writable: { "var/run": "its PID file" },
    undeclared: "prune",
  };

  test("that others can change, or that lead in a circle, are refused with the path to declare", async () => {
    const refused = async (given: Given, more: JailPart = {}) => {
      host.files.remove(root, registryHome);
      host.files.make(root, { ".": directory(0o750, group), ...given });
      const before = host.walk(root);
      const [error = ""] = errorsOf(await drive(host.site(root), { ...jail, ...more }).up());
      expect(host.walk(root)).toStrictEqual(before);
      return error;
    };
    const theirs =
      /var\/run(, which is above \S+,)? is a link that users other than root may change, or could until now: declare run(\/app)?, /;
    const [run, closed, open] = [directory(0o750, group), directory(0o750, group), directory(0o777, group)];
    const toRun = link("../run");
    expect(await refused({ var: closed, run, "var/run": link("../run", { uid: 1033 }) })).toMatch(theirs);
    expect(await refused({ var: open, "var/run": toRun })).toMatch(theirs);
    expect(await refused({ var: closed, "var/run": toRun }, { writable: { var: "all of it" } })).toMatch(theirs);
    expect(await refused({ var: closed, "var/run": link("run") })).toMatch(
      /var\/run is a link that leads nowhere in the jail: remove it/,
    );
  });
});
