import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { Program } from "../../../provider/engine/session/program";
import type { Declaration } from "../../../provider/intent/declaration";
import { digestOf } from "../../../provider/model/digest";

const wish = (text: string) => ({ digest: digestOf(text), isSecret: false });
const args = { path: "etc/app.conf", owner: "root", reason: "read by the daemon" };
const reserved: Declaration = { kind: "JailFile", owner: { label: "JailFile::a" }, args, content: wish("one") };

/** How often the jail is compared anew because of a resource that its Jail's turn has told of. */
function compared(checked: Partial<Declaration>): number {
  const program = new Program();
  program.reserve([reserved], new Set());
  const { version } = program;
  program.declare({ ...reserved, owner: { label: "JailFile::a", token: "t" }, ...checked }, undefined);
  return program.version - version;
}

describe("a file that the turn of its Jail has told of", () => {
  test("is no reason to compare the jail again when it is checked, with its commands and in any order of keys", () => {
    const { size, sha256 } = digestOf("one");
    const content = { isSecret: false, digest: { sha256, size: size ?? 0 } };
    expect(compared({ args: { ...args, onChange: ["true"], timeLimit: 5 }, content })).toBe(0);
  });

  test("is one where there is more to it: a content, an owner, a link, somebody who has to exist", () => {
    expect(compared({ content: wish("two") })).toBe(1);
    for (const more of [{ owner: "www" }, { hostLink: "/etc/app.conf" }, { validateUser: "www" }])
      assert.equal(compared({ args: { ...args, ...more } }), 1, JSON.stringify(more));
  });
});
