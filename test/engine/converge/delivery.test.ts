import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { KnownFiles } from "../../../provider/engine/assess/file-facts";
import { Delivery } from "../../../provider/engine/converge/delivery";
import { digestOf } from "../../../provider/model/digest";
import type { Step } from "../../../provider/plan/steps";
import { fileStep } from "../../support/delivery";
import { change } from "../../support/jail-site";
import { directory } from "../../support/memory-host/entries";
import type { MemoryHost } from "../../support/memory-host/memory-host";
import { useMemoryHost } from "../../support/memory-host/use-memory-host";

const principals = { uids: new Map(), gids: new Map(), users: new Map(), groups: new Map(), primary: new Map() };

function textStep(path: string, label: string, more: Partial<Step> = {}): Step {
  const digest = digestOf(path);
  const by = { label, token: Buffer.from(label).toString("hex").padEnd(32, "0") };
  const content = { from: "program", digest, isSecret: false, text: path } as const;
  const step = fileStep(path, more);
  const claim = { by, reason: "a test", at: step.path, is: { type: "file", content } } as const;
  return { ...step, put: { claim, want: digest } };
}

describe("files that are sent to a host without waiting", () => {
  let host: MemoryHost;
  useMemoryHost({}, (made) => {
    host = made;
  });
  const site = () => host.site("/srv/jail");
  const impossible = { owner: { uid: -7, gid: 0 } };

  /** Delivers some steps; returns the files in place and the failures. */
  async function put(...steps: Step[]): Promise<{ there: string[]; failed: Map<string, string>; unchanged: boolean }> {
    host.files.remove("/srv/jail");
    host.files.make("/srv/jail", { etc: directory() });
    const puts = await change(site(), async (agent) => {
      const puts = new Delivery(agent, () => undefined);
      assert.ok(puts.areQuick(steps));
      const making = puts.prepare(steps, principals);
      await puts.place(steps, new KnownFiles());
      await making;
      return puts;
    });
    return {
      there: host.files.below("/srv/jail").filter((path) => path !== "etc"),
      failed: new Map([...puts.failed].map(([label, { at, why }]) => [label, `${at} ${why}`])),
      unchanged: puts.isUnchanged("one"),
    };
  }

  test("are none of them put in place where one of their resource cannot be made, which says why", async () => {
    for (const [at, more] of [
      ["etc/a", [{}, impossible, {}]],
      ["etc/b", [impossible, {}, {}]],
    ] as const) {
      const files = ["etc/b", "etc/a", "etc/c"].map((path, index) => textStep(path, "one", more[index]));
      const { there, failed, unchanged } = await put(...files, textStep("etc/other", "other"));
      expect(there).toStrictEqual(["etc/other"]);
      expect([...failed.keys()]).toStrictEqual(["one"]);
      expect(failed.get("one") ?? "").toMatch(new RegExp(`^${at} cannot be put in place: .*chown`));
      assert.ok(unchanged);
    }
  });

  test("that have no place do not keep the others of their resource from theirs", async () => {
    const files = ["etc/a", "etc/b"].map((path) => textStep(path, "one"));
    const { there, failed, unchanged } = await put(textStep("etc", "one"), ...files);
    expect(there).toStrictEqual(["etc/a", "etc/b"]);
    expect(failed.get("one") ?? "").toMatch(/^etc cannot be put in place: /);
    expect(unchanged).toBe(false);
  });
});
