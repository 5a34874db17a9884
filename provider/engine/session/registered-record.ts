import { formatSite } from "../../agent/site";
import { ChrootError } from "../../errors";
import type { RegistryRecord } from "../../intent/registry-record";
import { bytesOf, show } from "../../model/bytes";
import type { ResourceKind } from "../../resources/kind";
import type { JailSession } from "./jail-session";

/** The record of a resource in the registry of its host. `place` is its `match` or its `path`; a Jail has none. */
export async function registeredRecord(
  session: JailSession,
  kind: ResourceKind,
  place: string | undefined,
): Promise<RegistryRecord> {
  const { records } = await session.observe();
  const refusal = (why: string, remedy: string) =>
    new ChrootError("refused", { what: `import of a ${kind.name}`, where: formatSite(session.site), why, remedy });
  if (records.length === 0)
    throw refusal("not registered: the host knows no jail at this root", "declare it as a JailBundle with adopt: true");
  const ofKind = records.filter((record) => record.kind === kind.name && record.declared !== "no more");
  const [record, ...more] = ofKind.filter((one) => placeOf(one) === place);
  const named = place === undefined ? "" : ` at ${show(bytesOf(place))}`;
  if (!record) {
    const known = ofKind.map((one) => show(bytesOf(placeOf(one) ?? "its root")));
    throw refusal(
      `the registry has no ${kind.name}${named}`,
      known.length === 0 ? "declare it: up makes it" : `it has one at ${known.join(", ")}`,
    );
  }
  if (more.length > 0)
    throw refusal(`the registry has ${more.length + 1} of them${named}`, "declare them: up takes over their records");
  if (kind.content !== undefined && !hasWhole(record))
    throw refusal(`the registry has no content of the file${named}`, "declare it: up takes over its record");
  return record;
}

function placeOf({ args }: RegistryRecord): string | undefined {
  const place = args["match"] ?? args["path"];
  return place === undefined ? undefined : String(place);
}

/** Whether a file's record has all of its arguments: a content of the program is only in the program. */
function hasWhole({ args }: RegistryRecord): boolean {
  return ["hostFile", "symlinkTo", "directory"].some((name) => args[name] !== undefined);
}
