import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { failed, useLab } from "../support/e2e";

describe("a declaration", () => {
  const lab = useLab();

  test("with mistakes in a jail's arguments fails with every property's name, before any connection", async () => {
    const stack = await lab.stack();
    stack.declare({
      jails: {
        app: lab.jail("/srv/mistakes", {
          baseline: { owner: "root", group: "www", fileMode: "u+w", directoryMode: "0999" },
          directories: { etc: "  ", "../out": "leaves" },
          exclude: { "../**": "leaves" },
        }),
      },
    });
    lab.host.resetCounts();
    const preview = failed(await stack.preview());
    for (const property of [
      "baseline.fileMode",
      "baseline.directoryMode",
      "directories.etc",
      "directories.../out",
      "exclude.../**",
    ])
      assert.ok(preview.includes(property), `${property} is not named:\n${preview}`);
    expect(preview).toMatch(/"u\+w" is relative/);
    expect(preview).toMatch(/is blank: say why/);
    expect(preview).not.toMatch(/Invalid key|at .*\.js:\d+/);

    for (const root of ["srv/app", "/", "/etc", "/srv/../etc"]) {
      stack.declare({ jails: { app: lab.jail(root) } });
      assert.match(failed(await stack.preview()), /\broot\b.*: /, root);
    }
    expect(lab.host.connections()).toBe(0);
  });

  test("with mistakes in a rule's arguments fails with the property's name", async () => {
    const stack = await lab.stack();
    const jails = { app: lab.jail("/srv/mistakes") };
    stack.declare({ jails, rules: { r: { jail: "app", match: "../x", fileMode: "8888", reason: " " } } });
    const preview = failed(await stack.preview());
    for (const property of ["match", "fileMode", "reason"])
      expect(preview).toMatch(new RegExp(`PermissionRule \\(r\\)[^]*'?${property}'?`));
    stack.declare({ jails, rules: { r: { jail: "app", match: "x" } } });
    expect(failed(await stack.preview())).toMatch(/the rule sets nothing/);
  });
});
