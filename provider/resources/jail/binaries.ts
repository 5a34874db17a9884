import type { Claim, Owner } from "../../intent/claim";
import type { FileClaim } from "../../intent/file-claim";
import { fromWire } from "../../model/bytes";
import type { Closure, JailCopy } from "../../observe/elf/result";
import { providedClaim } from "./provided";

/** What the programs of a jail come to, with all that they need: files as the host has them, and links. */
export function binaryFiles(
  { files, links }: Closure,
  binaries: Readonly<Record<string, string>>,
  by: Owner,
): FileClaim[] {
  return [
    ...files.map((copy): FileClaim => {
      const content = { from: "host", path: copy.source } as const;
      return { by, reason: reasonOf(copy, binaries), at: copy.path, is: { type: "file", content } };
    }),
    ...links.map(
      ({ path, target }): FileClaim => ({
        by,
        reason: "where programs look for their libraries, as on the host",
        at: path,
        is: { type: "link", target },
      }),
    ),
  ];
}

/** Others may read and run them as on the host. */
export function binaryClaims({ files }: Closure, binaries: Readonly<Record<string, string>>, by: Owner): Claim[] {
  return files.map((copy) => providedClaim(copy.path, copy.mode & 0o755, reasonOf(copy, binaries), by));
}

function reasonOf({ role, neededBy }: JailCopy, binaries: Readonly<Record<string, string>>): string {
  const [first = ""] = neededBy;
  const reason = binaries[first] ?? "";
  if (role === "binary") return reason;
  const more = neededBy.length > 1 ? ` and ${neededBy.length - 1} more` : "";
  return `${role} of ${fromWire(first)}${more}: ${reason}`;
}
