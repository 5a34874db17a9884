import fc from "fast-check";
import { ancestors, type Bytes } from "../../provider/model/bytes";
import type { Live } from "../../provider/model/entry";
import type { Observation } from "../../provider/observe/observation";
import type { Step } from "../../provider/plan/steps";
import type { Case } from "./golden";

/** A host's tree after steps, as chmod, chown and mkdir leave it: chown clears setuid and setgid of a file. */
export function applied(observation: Observation, steps: readonly Step[]): Observation {
  const entries = new Map(observation.entries);
  for (const { path, action, owner, mode } of steps) {
    if (action === "replace")
      for (const below of [...entries.keys()]) if (isAtOrBelow(below, path)) entries.delete(below);
    if (action !== "set") {
      if (entries.has(path)) throw new Error(`mkdir: ${path} exists`);
      const parent = ancestors(path).at(-1) ?? (path === "." ? undefined : ("." as Bytes));
      if (parent !== undefined && entries.get(parent)?.type !== "directory") throw new Error(`mkdir: no ${parent}`);
      entries.set(path, { type: "directory", uid: 0, gid: 0, mode: 0o700, links: 2, inode: `1:new-${path}` });
    }
    const live = entries.get(path);
    if (!live) throw new Error(`no ${path}`);
    const chowned = owner ? { ...live, ...owner, mode: live.type === "file" ? live.mode & 0o1777 : live.mode } : live;
    entries.set(path, mode === undefined ? chowned : { ...chowned, mode });
  }
  return { ...observation, entries };
}

function isAtOrBelow(path: Bytes, root: Bytes): boolean {
  return path === root || path.startsWith(`${root}/`);
}

const paths = ["a", "a/x", "a/y", "a/b", "a/b/x", "c", "c/x", "x"];
const globs = [".", "*", "**", "a/*", "a/**", "*/x", "**/x", "c", "c/**", "[ac]", "a/x", "a/b", "x"];
const principal = fc.constantFrom("root", "named", "bob", "any");
const mode = fc.constantFrom("0640", "0600", "0755", "g+w", "o=", "a+X", "u=rw,og=r", "any");
const reasons = (of: readonly string[]) =>
  fc
    .subarray([...of], { maxLength: 2 })
    .map((chosen) => Object.fromEntries(chosen.map((path) => [path, `why ${path}`])));

const rule = fc.record(
  {
    match: fc.constantFrom(...globs),
    owner: principal,
    group: principal,
    fileMode: mode,
    directoryMode: mode,
    except: fc.subarray(globs, { maxLength: 1 }),
    order: fc.constantFrom(50, 100, 200),
  },
  { requiredKeys: ["match"] },
);
const rules = fc.array(rule, { maxLength: 4 });
const named = (list: readonly object[]) => Object.fromEntries(list.map((args, at) => [`r${at}`, { ...args }]));

const type = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("file", "directory") },
  { weight: 1, arbitrary: fc.constantFrom("link", "fifo", "socket") },
);
const live = fc.tuple(
  type,
  fc.constantFrom("root:named", "named:named", "bob:root"),
  fc.constantFrom("0750", "0640", "4755", "2770", "1777", "0000"),
);

/** A tree: whatever is below something that is no directory is not there. */
const entries = fc.tuple(...paths.map(() => fc.option(live, { nil: undefined }))).map((list) => {
  const found: Record<string, string> = {};
  for (const [at, path] of paths.entries()) {
    const one = list[at];
    const parent = path.includes("/") ? found[path.slice(0, path.lastIndexOf("/"))] : "directory";
    if (one && parent?.startsWith("directory"))
      found[path] = `${one[0]} ${one[1]} ${one[2]}${one[0] === "link" ? " -> /etc" : ""}`;
  }
  return found;
});

const foreignRules = fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: rules });

/** Any jail with any tree; rules of another stack under the same names. */
export const anyCase: fc.Arbitrary<Case> = fc
  .record({
    jail: fc.record({
      directories: reasons(["a", "a/b", "c", "d/e"]),
      writable: reasons(["a/b", "c"]),
      exclude: fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: reasons(["c", "*/x"]) }),
    }),
    rules: rules.map(named),
    foreign: foreignRules,
    entries,
    root: fc.constantFrom("directory root:named 0750", "directory bob:bob 0777"),
  })
  .map(({ foreign, ...given }) => ({
    name: "any",
    ...given,
    records: [
      { kind: "Jail", token: "jail-named", label: "Jail::named", stack: "proj/dev", args: {} },
      ...(foreign as Record<string, unknown>[]).map((args, at) => ({
        kind: "PermissionRule",
        token: `foreign-${at}`,
        label: `PermissionRule::r${at}`,
        stack: "proj/other",
        args,
      })),
    ],
    expect: {},
  }));

export function sameLive(one: Live | undefined, other: Live | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
