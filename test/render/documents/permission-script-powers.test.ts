import { writeFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";
import { accounts, scriptCase, scriptOf } from "../script-cases";

const root = "/srv/jails/powers";
let host: LabHost;
useHost({ flavour: "busybox", accounts }, (made) => {
  host = made;
});

test("a host without setcap is told once that users other than root could replace a file with capabilities", async () => {
  const { merged } = scriptCase(
    { name: "powers", expect: {}, rules: { tool: { match: "bin/tool", capabilities: "cap_kill=ep" } } },
    root,
  );
  await host.must(`mkdir -p /srv/scripts ${root}/bin; chown root:named ${root} ${root}/bin; chmod 0750 ${root}
    chmod 0777 ${root}/bin; echo >${root}/bin/tool; chown root:named ${root}/bin/tool; chmod 0640 ${root}/bin/tool`);
  writeFileSync(host.path("/srv/scripts/powers.sh"), scriptOf(merged, root));
  const run = () => host.sh("sh /srv/scripts/powers.sh");
  const lacks = /File capabilities are not checked: this host has no getcap and setcap/;
  const warns = /bin\/tool: it is to get .*, and users other than root could write in it or above it until now/;
  const first = await run();
  expect([first.code, first.stderr]).toStrictEqual([1, expect.stringMatching(lacks)]);
  expect(first.stderr).toMatch(warns);
  expect(await host.must(`stat -c %a ${root}/bin`)).toBe("750\n");
  const second = await run();
  expect([second.code, second.stderr]).toStrictEqual([1, expect.stringMatching(lacks)]);
  expect(second.stderr).not.toMatch(warns);
});
