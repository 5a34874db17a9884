import { describe, expect, test } from "@jest/globals";
import { observe, withAgent } from "../support/connections";
import { siteOn } from "../support/jail-site";
import { begin, type Case, type Step } from "../support/memory-host/contract/case";
import { agentsOwn, answers, treesInMemory, treesOnHost } from "../support/memory-host/contract/compare";
import { lookCases } from "../support/memory-host/contract/look-cases";
import { makeOnHost } from "../support/memory-host/contract/make-on-host";
import { putCases } from "../support/memory-host/contract/put-cases";
import { repairCases } from "../support/memory-host/contract/repair-cases";
import type { MemoryHost } from "../support/memory-host/memory-host";
import { served } from "../support/memory-host/served";
import { useMemoryHost } from "../support/memory-host/use-memory-host";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

const cases: readonly Case[] = [...lookCases, ...repairCases, ...putCases];
const wordsOf = ({ steps }: Case) => steps.map(({ word }) => word);

test("each word that a host in memory serves has a case, so that it answers as a real agent does", () => {
  expect([...new Set(cases.flatMap(wordsOf))].sort()).toStrictEqual(Object.keys(served).sort());
});

/** BusyBox has no tools for ACLs and capabilities. */
const lacking = new Set(["acl", "powers"]);
const isOfBusybox = (one: Case) =>
  !JSON.stringify(one).match(/"(acl|capabilities)"/) && !wordsOf(one).some((word) => lacking.has(word));

for (const flavour of ["gnu", "busybox"] as const)
  describe(`an agent in memory and a real one on a ${flavour} host`, () => {
    let host: LabHost;
    let memory: MemoryHost;
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
      await host.must("chmod 0755 /srv");
    });
    useMemoryHost({ accounts: { sshd: { uid: 101, gid: 101 }, ...account } }, (made) => {
      memory = made;
    });

    for (const one of flavour === "gnu" ? cases : cases.filter(isOfBusybox))
      test(`answer alike, and leave the same: ${one.what}`, async () => {
        const { root, given, steps } = one;
        await makeOnHost(host, root, given);
        memory.files.make(root, given);
        const [real, inMemory] = [siteOn(host, root), memory.site(root)];
        const [expected, answered] = await Promise.all([
          withAgent(real, (agent) => answers(agent, steps)),
          withAgent(inMemory, (agent) => answers(agent, steps)),
        ]);
        if (flavour === "gnu") expect(answered).toStrictEqual(expected);
        else expect(agentsOwn(answered)).toStrictEqual(agentsOwn(expected));
        // A look waits for the end of the agent before it.
        await Promise.allSettled([real, inMemory].map(observe));
        expect(treesInMemory(memory, one)).toStrictEqual(treesOnHost(host, one));
      });

    // The lab's BusyBox has no flock.
    if (flavour === "gnu")
      test("keep a change apart from looks and other changes, until its agent ends", async () => {
        await host.must("mkdir /srv/locked");
        memory.tree.mkdir("/srv/locked");
        for (const site of [siteOn(host, "/srv/locked"), memory.site("/srv/locked")]) {
          const asked = (mode: "-s" | "-x", wait = 0) => [
            { ...begin(site.root, mode)[0], fields: { name: "locked", mode, wait } } as Step,
          ];
          await withAgent(site, async (agent) => {
            await answers(agent, asked("-x"));
            for (const mode of ["-s", "-x"] as const)
              expect(await withAgent(site, (other) => answers(other, asked(mode)))).toMatchObject([
                { ended: "badly", lines: ["busy "] },
              ]);
          });
          expect(await withAgent(site, (other) => answers(other, asked("-x", 9)))).toMatchObject([{ ended: "well" }]);
        }
      });
  });
