import type { Use } from "../../agent/channel/lease";
import { withNames } from "../../agent/requests/directory-service";
import type { Site } from "../../agent/site";
import type { Declaration, Ways } from "../../intent/declaration";
import type { FileClaim } from "../../intent/file-claim";
import { parseGlob } from "../../intent/glob/glob";
import { type Merged, merge, namesIn, type ProgramView } from "../../intent/merge";
import type { MountClaim } from "../../intent/mount-claim";
import { hasMade, type RegistryRecord } from "../../intent/registry-record";
import { type Bytes, bytesOf, utf8Of } from "../../model/bytes";
import { passwdPath } from "../../model/passwd";
import type { Closure } from "../../observe/elf/result";
import type { Observation } from "../../observe/observation";
import type { LeavingFile } from "../../plan/contents/leaving";
import type { Links } from "../../plan/contents/links";
import { kinds } from "../../resources/kinds";
import type { KnownBinaries } from "./binaries";
import type { KnownSources } from "./bind-sources";
import { declaredFiles } from "./host-claims";
import type { HostAccess } from "./jail-context";
import { KnownLinks } from "./links";

/** The intent for a jail, with its paths resolved through the jail's links. */
interface ResolvedIntent {
  readonly merged: Merged;
  /** The files that resources put into the jail and onto its host. */
  readonly files: readonly FileClaim[];
  /** Its programs, and all that they need. */
  readonly copies: readonly FileClaim[];
  readonly closure: Closure;
  /** The mounts that are declared in it. */
  readonly mounts: readonly MountClaim[];
  /** False where a program cannot be had: then the reasons for the other programs' files are incomplete. */
  readonly isWhole: boolean;
  /** Where programs of the jail look for the names of its users. */
  readonly passwd: Bytes;
  readonly observation: Observation;
  /** The files of resources that the program has dropped. */
  readonly leaving: readonly LeavingFile[];
}

/** The sources of facts about the host, with its answers so far. */
interface Sources {
  readonly site: Site;
  readonly use: Use;
  readonly binaries: KnownBinaries;
  readonly links: KnownLinks;
  readonly sources: KnownSources;
}

/**
 * Resolves the intent of the program and the records. Links that `up` makes count as much as existing ones: a file at `bin/x`
 * and a link `bin -> usr/bin` are a file at `usr/bin/x`. `filesOf` gives the files of a resource. The returned observation has
 * the numbers of all names.
 */
export async function resolveIntent(
  program: ProgramView,
  observed: Observation,
  { site, use, binaries, links: known, sources }: Sources,
  filesOf: (declaration: Declaration, observation: Observation) => readonly FileClaim[],
): Promise<ResolvedIntent> {
  const resolveWith = async (followed?: (declaration: Declaration) => Declaration) => {
    const { merged, files, ...rest } = await binaries.with(merge(program, observed.records, kinds, followed), use);
    return { ...rest, ...(await sources.with(merged, observed, use)), copies: files };
  };
  const declared = await resolveWith();
  const seen = await withNames(observed, namesIn(declared.merged), use);
  const filesIn = ({ declarations }: Merged) => declarations.flatMap((declaration) => filesOf(declaration, seen));
  const all = [...declared.copies, ...filesIn(declared.merged)];
  const { links, observation } = await known.with(seen, declared.merged.intent, all, { site, use });
  const led = await resolveWith((declaration) => followLinks(links, declaration));
  const { merged, copies, closure, mounts, isWhole } = led;
  return {
    merged: { ...merged, intent: links.intent(merged.intent) },
    files: filesIn(merged).map((claim) => links.file(claim)),
    copies: copies.map((claim) => links.file(claim)),
    closure,
    mounts,
    isWhole,
    passwd: links.at(bytesOf(passwdPath), false),
    observation,
    leaving: merged.dropped.flatMap((record) =>
      filesOfRecord(record, site, links).map((claim) => ({
        claim,
        isMade: hasMade(record, claim.at),
      })),
    ),
  };
}

/** The links that the paths of some records lead through. */
export async function linksOfRecords(
  records: readonly RegistryRecord[],
  observed: Observation,
  on: HostAccess,
): Promise<Links> {
  const merged = merge({ stack: undefined, declarations: [], departed: new Set() }, records, kinds);
  const files = merged.declarations.flatMap((declaration) => declaredFiles(declaration, on.site.root));
  const seen = await withNames(observed, namesIn(merged), on.use);
  return (await new KnownLinks().with(seen, merged.intent, files, on)).links;
}

/** The files of a record's resource, at the paths that the links in the jail lead to. */
export function filesOfRecord({ kind, token, label, args }: RegistryRecord, { root }: Site, links: Links): FileClaim[] {
  const declaration = followLinks(links, { kind, owner: { token, label }, args });
  return declaredFiles(declaration, root).map((claim) => links.file(claim));
}

/** A declaration with the paths that links lead to. */
function followLinks(links: Links, declaration: Declaration): Declaration {
  const follow = kinds.get(declaration.kind)?.followed;
  return follow ? { ...declaration, args: follow(declaration.args, pathFollower(links)) } : declaration;
}

function pathFollower(links: Links): Ways {
  const to = (path: string, isDirectory: boolean) => utf8Of(links.at(bytesOf(path) as Bytes, isDirectory));
  return {
    directory: (path) => to(path, true),
    file: (path) => to(path, false),
    glob: (source) => links.glob(parseGlob(source), false).source,
  };
}
