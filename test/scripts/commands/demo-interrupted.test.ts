import assert from "node:assert/strict";
import { expect, test } from "@jest/globals";
import { assertNothingLeft, changes, demo, run, useFolders } from "../../support/started-command";

const folder = useFolders();

const moments = [
  { signal: "SIGINT", seen: /1\. A host to work on/, when: "while it makes the host" },
  { signal: "SIGTERM", seen: /\$ pulumi stack init/, when: "while the CLI runs" },
  { signal: "SIGINT", seen: /Jail named creating/, when: "while the jail is being made" },
] as const;

for (const { signal, seen, when } of moments)
  test(`the demo ends with the code of ${signal} ${when}, and leaves nothing behind`, async () => {
    const directory = folder();
    const before = changes();
    let sent = false;
    const { pid, code, output } = await run(demo, { TMPDIR: directory }, (text, child) => {
      if (sent || !seen.test(text)) return;
      sent = true;
      child.kill(signal);
    });
    assert.equal(code, signal === "SIGINT" ? 130 : 143, output);
    expect(output).toMatch(new RegExp(`interrupted \\(${signal}\\)`));
    await assertNothingLeft(directory, pid);
    expect(changes()).toBe(before);
  });
