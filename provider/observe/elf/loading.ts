import type { ProgramProblem } from "../../intent/program-problem";
import type { Bytes } from "../../model/bytes";
import { contentOrProblem, type Host, type HostFile, nameOf } from "./host-files";
import { type Candidate, type Loaded, libraryCandidates } from "./library-search";
import { isLoader, type Loader } from "./loader";
import type { Elf } from "./read-elf";

/** The known files in memory after a program has started. */
export interface Loading {
  /** The program first, then libraries in the order in which they are loaded; a file once for each name it is asked for by. */
  readonly loaded: readonly Loaded[];
  /** Libraries that an older C library opens to find names, and that no file needs. */
  readonly services: readonly Loaded[];
  /** Paths that still need a look. */
  readonly ask: readonly Bytes[];
  readonly problems: readonly ProgramProblem[];
}

/** No program has a tenth of them. */
const mostLibraries = 2000;

/** Simulates the loader: breadth first, each name once. */
export function simulateLoading(program: Loaded, loader: Loader, host: Host): Loading {
  const loaded: Loaded[] = [program];
  const services: Loaded[] = [];
  const ask: Bytes[] = [];
  const problems: ProgramProblem[] = [];
  const names = new Set<Bytes>();
  const load = (name: Bytes, by: Loaded, into: Loaded[]) => {
    if (names.has(name) || isLoader(name, loader)) return;
    names.add(name);
    const found = find(name, by, loader, host);
    if ("ask" in found) ask.push(...found.ask);
    else if ("why" in found) problems.push(found.why);
    else {
      const { soname } = found.elf;
      // A request by its soname gets the same library.
      if (soname !== undefined) names.add(soname);
      loaded.push(found);
      if (into !== loaded) into.push(found);
    }
  };
  for (let index = 0; index < loaded.length; index++) {
    const file = loaded[index] as Loaded;
    if (loaded.length > mostLibraries) return { loaded, services, ask, problems: [{ problem: "libraries-endless" }] };
    for (const name of file.elf.needed) load(name, file, loaded);
    if (index < loaded.length - 1 || ask.length > 0 || problems.length > 0) continue;
    const library = loaded.find(({ real }) => olderGlibc.test(nameOf(real)));
    if (library) for (const name of olderServices) load(name, library, services);
  }
  return { loaded, services, ask, problems };
}

/** Before 2.34 the file had its version in its name, and looking up names in files and by DNS took libraries of their own. */
const olderGlibc = /^libc-2\.[0-9]+\.so$/;
const olderServices = ["libnss_files.so.2", "libnss_dns.so.2"] as Bytes[];

type FoundOrNot = Loaded | { readonly ask: readonly Bytes[] } | { readonly why: ProgramProblem };

function find(name: Bytes, by: Loaded, loader: Loader, host: Host): FoundOrNot {
  for (const list of libraryCandidates(name, by, loader, host)) {
    const ask: Bytes[] = [];
    for (const candidate of list) {
      const file = host.files.get(candidate.path);
      if (file === undefined) ask.push(candidate.path);
      else if (file !== "absent" && !isForOthers(file, by.elf)) {
        if (ask.length > 0) break;
        return judged({ name, by, ...candidate }, file, host);
      }
    }
    if (ask.length > 0) return { ask };
  }
  return { why: { problem: "library-missing", library: name, ...(by.by ? { by: by.path } : {}) } };
}

/** A loader skips a library for another machine, and fails at a file that is no library. */
function isForOthers({ content }: HostFile, { machine, bits }: Elf): boolean {
  if ("problem" in content || content.kind === "script") return false;
  return content.machine !== machine || content.bits !== bits;
}

function judged(
  { name, by, path, found }: Candidate & { name: Bytes; by: Loaded },
  file: HostFile,
  host: Host,
): FoundOrNot {
  const content = contentOrProblem(path, file, host);
  if ("problem" in content) return { why: { problem: "library-unfit", library: name, path, why: content } };
  if (content.kind === "script") return { why: { problem: "library-script", library: name, path } };
  return { name, path, real: file.real, elf: content, found, by };
}
