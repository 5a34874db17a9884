import { writeFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { undisturbed } from "../support/daemon";
import { failed, ok, shownDrift } from "../support/e2e";
import { anchors, root, rootKey, useUnbound } from "../support/unbound-server";

describe("unbound in the jail of examples/unbound", () => {
  const { lab, dig, ask, reloads } = useUnbound({ isServing: true });

  test("a new root key of the host is drift, and comes in with a reload", async () => {
    writeFileSync(lab.host.path(rootKey), `${anchors.join("\n")}\n`);
    const preview = failed(await lab.stack.preview("--diff", "--expect-no-changes"));
    expect(shownDrift(preview, "root.key")?.["etc/unbound/root.key"] ?? "").toMatch(
      /as the host's \/srv\/dns\/root.key$/,
    );
    const reloaded = Number(await reloads());
    await undisturbed(ask, async () => ok(await lab.stack.up()));
    expect(await lab.host.must(`cat ${root}/etc/unbound/root.key`)).toBe(`${anchors.join("\n")}\n`);
    expect(Number(await reloads())).toBe(reloaded + 1);
  });

  test("what was changed by hand in the jail is shown with its resource, and comes back while unbound answers", async () => {
    await lab.host.must(
      `cd ${root}/etc && chmod 0777 . && chmod 0666 unbound/unbound.conf && echo 'local-data: "x.home.arpa. A 192.0.2.9"' >>unbound/unbound.conf`,
    );
    const preview = failed(await lab.stack.preview("--diff", "--expect-no-changes"));
    expect(shownDrift(preview, "unbound")).toStrictEqual({
      etc: "root:unbound 0777 => root:unbound 0750",
      "etc/unbound/unbound.conf": "root:unbound 0666 => root:unbound 0640",
    });
    expect(shownDrift(preview, "unbound.conf")?.["etc/unbound/unbound.conf"] ?? "").toMatch(
      /^sha256:[0-9a-f]{8} \d+ bytes => sha256:[0-9a-f]{8} \d+ bytes$/,
    );
    await undisturbed(ask, async () => ok(await lab.stack.up()));
    expect(await lab.host.must(`stat -c '%U:%G %a' ${root}/etc ${root}/etc/unbound/unbound.conf`)).toBe(
      "root:unbound 750\nroot:unbound 640\n",
    );
    expect(await dig("x.home.arpa")).toBe("");
    ok(await lab.stack.preview("--expect-no-changes"));
  });
});
