import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { approvalBy, rolloutCode } from "../../provider/cli/approvals";

describe("the approval of a wave", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "chroot-approval-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const { signal } = new AbortController();
  const code = rolloutCode("dns", "2026-12-01T00:00:00Z");
  const rest = { wave: "rest", code };

  test("is given by the option --yes", async () => {
    expect(await approvalBy({ yes: true })(rest, signal)).toBe("--yes");
  });

  test("waits for the line with the wave and the rollout in a file", async () => {
    const file = join(folder, "approved");
    const approval = approvalBy({ approvals: file })(rest, signal);
    writeFileSync(file, `canary ${code}\n rest ${code} \n`);
    expect(await approval).toBe(file);
  });

  test("is not given by a line that approved a wave of this name in another rollout", async () => {
    const file = join(folder, "old");
    const [later, other] = [rolloutCode("dns", "2026-12-02T00:00:00Z"), rolloutCode("web", "2026-12-01T00:00:00Z")];
    writeFileSync(file, `rest\nrest ${later}\nrest ${other}\nrest ${code}1\n`);
    const stop = new AbortController();
    const approval = approvalBy({ approvals: file })(rest, stop.signal);
    stop.abort();
    expect(await approval).toBeUndefined();
  });

  test("ends its wait when the rollout is stopped", async () => {
    const stop = new AbortController();
    const approval = approvalBy({ approvals: join(folder, "never") })(rest, stop.signal);
    stop.abort();
    expect(await approval).toBeUndefined();
  });

  test("is given by a command that ends with 0, which knows wave and rollout, and which no report shows", async () => {
    const by = approvalBy({ approveBy: `test "$WAVE $ROLLOUT" = "rest ${code}"` });
    expect(await by(rest, signal)).toBe("--approve-by");
    expect(await by({ wave: "canary", code }, signal)).toBeUndefined();
    expect(await by({ wave: "rest", code: "0" }, signal)).toBeUndefined();
  });

  test("is not given where nobody can be asked", async () => {
    expect(process.stdin.isTTY).toBeFalsy();
    expect(await approvalBy({})(rest, signal)).toBeUndefined();
  });
});
