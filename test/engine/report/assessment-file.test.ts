import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { AssessmentFile } from "../../../provider/engine/report/assessment-file";
import type { ResourceReport } from "../../../provider/engine/report/resource-report";
import { readAssessment } from "../../../provider/render/assessment/assessment-v1";
import { planOf } from "../../plan/golden";
import { findingSamples } from "../../support/finding-samples";

const site = { connection: { host: "ns1.example.com", port: 2222 }, root: "/chroot/named" };

/** A report of a resource on a jail with these entries. */
function report(more: Partial<ResourceReport> = {}, entries: Record<string, string> = {}): ResourceReport {
  const assessment = planOf({ name: "", entries, expect: {} });
  return { assessment, differences: [], texts: new Map(), host: undefined, ...more };
}
const text = { live: "0777", declared: "0640", marks: "" };

describe("the assessment of a jail for machines", () => {
  let folder: string;
  let file: AssessmentFile;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), "assessments-")), "new");
    file = new AssessmentFile(folder, site, "dns/prod");
  });
  afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));
  const written = () => {
    const [name, ...more] = readdirSync(folder);
    expect([name, more]).toStrictEqual([
      expect.stringMatching(/^ns1\.example\.com-chroot-named-[0-9a-f]{8}\.json$/),
      [],
    ]);
    return readAssessment(readFileSync(join(folder, name ?? ""), "utf8"));
  };

  test("has the jail's name, and follows the last report of each resource", () => {
    expect(file.add({ label: "Jail::named" }, report())).toBe(undefined);
    expect(written()).toMatchObject({ host: "root@ns1.example.com:2222", root: "/chroot/named", state: "in-sync" });
    file.add({ label: "PermissionRule::etc" }, report({}, { x: "file root:named 0666" }));
    expect(written()).toMatchObject({
      state: "drifted",
      differences: [{ path: "x", live: "root:named 0666", declared: "root:named 0640" }],
    });
    file.add({ label: "PermissionRule::etc" }, report());
    expect(written()?.state).toBe("in-sync");
  });

  test("is drifted by a process that counts as drift", () => {
    file.add({ label: "Jail::named" }, report({ texts: new Map([["(process 7)", text]]) }));
    expect(written()?.state).toBe("drifted");
    file.add({ label: "Jail::named" }, report());
    expect(written()?.state).toBe("in-sync");
  });

  test("is not checked where a resource has seen a part that it could not look at", () => {
    file.add({ label: "Jail::named" }, report({ texts: new Map([["etc", { ...text, isUnchecked: true }]]) }));
    file.add({ label: "PermissionRule::etc" }, report({ texts: new Map([["x", text]]) }));
    expect(written()?.state).toBe("not-checked");
  });

  test("is a file of its stack: another one declares other resources", () => {
    file.add({ label: "Jail::named" }, report());
    new AssessmentFile(folder, site, "dns/other").add({ label: "PermissionRule::etc" }, report());
    expect(readdirSync(folder).length).toBe(2);
  });

  test("is not checked, or refused, as long as one resource is", () => {
    const away = { assessment: undefined, host: "not checked: connect ECONNREFUSED" };
    file.add({ label: "Jail::named" }, report(away));
    expect(written()).toMatchObject({ state: "not-checked", problems: [`Jail::named: ${away.host}`], machine: "" });
    file.add({ label: "PermissionRule::etc" }, report({ host: "refused: it is not empty" }));
    expect(written()?.state).toBe("refused");
    file.add({ label: "PermissionRule::etc" }, report());
    expect(written()?.state).toBe("not-checked");
    file.add({ label: "Jail::named" }, report());
    expect(written()?.problems).toBe(undefined);
  });

  test("is marked as long as a resource finds no host to speak to", () => {
    file.add({ label: "Jail::named" }, report({ assessment: undefined, host: "not checked: no answer", isAway: true }));
    file.add({ label: "PermissionRule::etc" }, report());
    expect(written()).toMatchObject({ state: "not-checked", isUnreachable: true });
    file.add({ label: "Jail::named" }, report());
    expect(written()).not.toHaveProperty("isUnreachable");
  });

  test("has the findings about processes", () => {
    const findings = findingSamples.filter(({ id }) => id === "process-root");
    file.add({ label: "Jail::named" }, report({ processes: { findings } }));
    expect(written()?.findings.map(({ id }) => id)).toContain("process-root");
  });

  test("that cannot be written is told, and fails nothing", () => {
    writeFileSync(folder, "");
    expect(file.add({ label: "Jail::named" }, report())).toMatch(
      /^the assessment cannot be written \(PULUMI_CHROOT_ASSESSMENTS\): /,
    );
  });
});
