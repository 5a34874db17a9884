import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { failed, ok, shownDrift } from "../support/e2e";
import { useSftp } from "../support/sftp-server";

const root = "/srv/sftp/alice";

describe("sftp in the jails of examples/sftp", () => {
  const { lab, done, download } = useSftp({ isServing: true });
  beforeAll(() => done("alice", "put report.csv"));

  test("a file that a user makes setuid is shown, and is not setuid after up", async () => {
    await done("alice", "put report.csv tool", "chmod 4755 tool");
    const preview = failed(await lab.stack.preview("--diff", "--expect-no-changes"));
    expect(shownDrift(preview, "alice")).toStrictEqual({ "upload/tool": "4755 => 0755" });
    expect(shownDrift(preview, "bob")).toBe(undefined);
    ok(await lab.stack.up());
    expect(await lab.host.must(`stat -c '%U:%G %a' ${root}/upload/tool`)).toBe("alice:alice 755\n");
    ok(await lab.stack.preview("--expect-no-changes"));
  });

  test("a mode for which sshd refuses the login is shown with it, and after up the user is in again", async () => {
    await lab.host.must(`chmod 0770 ${root}`);
    assert.equal(await download(), false, "sshd refuses a jail that its group may write");
    const preview = failed(await lab.stack.preview("--diff", "--expect-no-changes"));
    expect(shownDrift(preview, "alice")).toStrictEqual({ ".": "root:alice 0770 => root:alice 0750" });
    ok(await lab.stack.up());
    expect(await download()).toBe(true);
    ok(await lab.stack.preview("--expect-no-changes"));
  });
});
