import assert from "node:assert/strict";
import { beforeAll, expect } from "@jest/globals";
import { linesWith, ok, shownDrift, useLab } from "./e2e";
import { useSharedStack } from "./shared-stack";
import type { LabConnection, LabHost } from "./sshd";

/** A healthy host beside one that each test makes sick in its own way, and well again. To be called in a describe. */
export function useSickHost() {
  const lab = useLab();
  let other: LabHost;
  beforeAll(async () => {
    other = await lab.anotherHost();
  });
  /** Both jails; `hostKey: undefined` pins none. */
  const declare = (changes: { hostKey?: string | undefined } = {}) => {
    const connection = { ...other.connection, perDialTimeout: 2, ...changes } as LabConnection;
    shared.stack.declare({
      jails: {
        bad: { connection, root: "/srv/bad" },
        good: lab.jail("/srv/good", { directories: { etc: "settings" } }),
      },
      rules: { rule: { jail: "bad", match: "x", fileMode: "0600" } },
    });
  };
  const shared = useSharedStack(lab, async (stack) => {
    declare();
    ok(await stack.up());
    await other.must("chmod 777 /srv/bad");
  });

  /** The preview's log about the unreachable host. The preview must go on and show the drift of the other host. */
  async function sick(): Promise<string> {
    await lab.host.must("chmod 777 /srv/good/etc");
    const preview = ok(await shared.stack.preview("--diff"));
    expect(shownDrift(preview, "good")).toStrictEqual({ etc: "root:www 0777 => root:www 0750" });
    const said = shownDrift(preview, "bad");
    assert.deepEqual(shownDrift(preview, "rule"), said, "all resources of the jail say so");
    expect(Object.keys(said ?? {})).toStrictEqual(["(host)"]);
    const place = `root@127.0.0.1:${other.port}:/srv/bad: `;
    const [logged, ...more] = linesWith(preview, place).map((line) => line.split(place)[1] ?? "");
    assert.deepEqual(more, [], "one line, from the Jail");
    // The CLI truncates a value that it shows.
    expect(logged?.slice(0, 140)).toBe(said?.["(host)"]?.slice(0, 140));
    return logged ?? "";
  }
  return {
    lab,
    shared,
    declare,
    sick,
    get other() {
      return other;
    },
  };
}
