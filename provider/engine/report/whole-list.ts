import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../../errors";
import { printable } from "../../model/bytes";

/**
 * Writes a whole list of which the log shows groups: one file for each resource, replaced by the next list, so that nothing
 * piles up. It lies on the machine that runs Pulumi, in Pulumi's own home. Returns its path, or why it could not be written.
 */
export function writeWhole(urn: string, kind: "drift" | "repaired", lines: readonly string[]): string {
  const home = process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi");
  const folder = join(home, "pulumi-chroot");
  const [name = ""] = urn.split("::").slice(-1);
  const hash = createHash("sha256").update(urn).digest("hex").slice(0, 12);
  const file = join(folder, `${name.replace(/[^A-Za-z0-9._-]/g, "_").slice(0, 80)}-${hash}.${kind}.txt`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, lines.map((line) => `${printable(line)}\n`).join(""), { mode: 0o600 });
    renameSync(draft, file);
    return `the whole list is in ${file}`;
  } catch (error) {
    return `the whole list cannot be written: ${messageOf(error)}`;
  }
}
