import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { programsOf } from "../../../provider/agent/requests/programs";
import type { Bytes } from "../../../provider/model/bytes";
import { withAgent } from "../../support/connections";
import { siteOn } from "../../support/jail-site";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

for (const flavour of ["gnu", "busybox"] as const) {
  describe(`on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour }, async (made) => {
      host = made;
      await host.must(`mkdir -p /srv/jail/bin && cd /srv/jail/bin && cp /bin/sh elf && printf '#!/bin/sh\\n' >script
        printf 'data, not a program' >data; : >empty; printf '#' >short; ln -s elf link; mkfifo fifo
        cp script "$(printf 'new\\nline')"; cp script ./-n; truncate -s 1099511627776 sparse`);
    });

    test("programs are told from data by their first bytes, under every name, and nothing else is opened", async () => {
      const names = ["elf", "script", "data", "empty", "short", "link", "fifo", "new\nline", "-n", "sparse", "gone"];
      const paths = names.map((name) => `bin/${name}` as Bytes);
      const found = await withAgent(siteOn(host, "/srv/jail"), async (agent) => {
        const programs = await programsOf(agent, paths);
        assert.equal((await agent.request("records")).status, 0, "the agent goes on");
        return programs;
      });
      expect([...found].sort()).toStrictEqual(["bin/-n", "bin/elf", "bin/new\nline", "bin/script"]);
    });
  });
}
