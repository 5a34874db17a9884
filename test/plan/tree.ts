import fc from "fast-check";
import type { Live } from "../../provider/model/entry";
import type { Case } from "./golden";

const paths = ["a", "a/x", "a/y", "a/b", "a/b/x", "c", "c/x", "x"];
const globs = [".", "*", "**", "a/*", "a/**", "*/x", "**/x", "c", "c/**", "[ac]", "a/x", "a/b", "x"];
const principal = fc.constantFrom("root", "named", "bob", "any");
const mode = fc.constantFrom("0640", "0600", "0755", "g+w", "o=", "a+X", "u=rw,og=r", "any");
const reasons = (of: readonly string[]) =>
  fc
    .subarray([...of], { maxLength: 2 })
    .map((chosen) => Object.fromEntries(chosen.map((path) => [path, `why ${path}`])));

const acl = fc.subarray(["user:bob:rw", "group:bob:---", "user:7:rX", "default:user:7:rx", "default:group:bob:---"]);
const rule = fc.record(
  {
    match: fc.constantFrom(...globs),
    acl,
    special: fc.subarray(["setgid", "sticky"]),
    owner: principal,
    group: principal,
    fileMode: mode,
    directoryMode: mode,
    except: fc.subarray(globs, { maxLength: 1 }),
    order: fc.constantFrom(50, 100, 200),
  },
  { requiredKeys: ["match"] },
);
/** Special bits, ACLs and capabilities are declared only for literal paths. */
const literalRule = fc.record(
  {
    match: fc.constantFrom("a/x", "x", "a/b"),
    acl,
    fileMode: fc.constantFrom("0750", "0700", "g+x"),
    special: fc.subarray(["setuid", "setgid", "sticky"]),
    capabilities: fc.constantFrom("cap_chown=ep", "cap_kill,cap_chown+ei", ""),
  },
  { requiredKeys: ["match"] },
);
const rules = fc.array(fc.oneof({ weight: 3, arbitrary: rule }, { weight: 1, arbitrary: literalRule }), {
  maxLength: 4,
});
const named = (list: readonly object[]) => Object.fromEntries(list.map((args, at) => [`r${at}`, { ...args }]));

const type = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("file", "directory") },
  { weight: 1, arbitrary: fc.constantFrom("link", "fifo", "socket") },
);
const live = fc.tuple(
  type,
  fc.constantFrom("root:named", "named:named", "bob:root"),
  fc.constantFrom("0750", "0640", "4755", "2770", "1777", "0000", "0604"),
  fc.oneof(
    { weight: 3, arbitrary: fc.constant("") },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        "group::r--,user:1000:rw-",
        "group::---,user:1000:---",
        "group::rwx",
        "group::r-x,group:7:-w-,user:53:r-x",
        "default:group::r-x,default:mask::r-x,default:other::---,default:user:7:r-x,default:user::rwx",
      ),
    },
  ),
  fc.constantFrom("", "", "cap_chown=ep", "cap_chown,cap_kill=ei"),
);

/** Links and the like have neither, and only directories have default entries. */
function liveText([type, owners, mode, acl, caps]: readonly [string, string, string, string, string]): string {
  const hasAcl = acl !== "" && (type === "directory" || (type === "file" && !acl.startsWith("default:")));
  const parts = [type, owners, mode, ...(hasAcl ? [`acl=${acl}`] : [])];
  return [...parts, ...(type === "file" && caps !== "" ? [`caps=${caps}`] : [])].join(" ");
}

/** A tree: whatever is below something that is no directory is not there. */
const entries = fc.tuple(...paths.map(() => fc.option(live, { nil: undefined }))).map((list) => {
  const found: Record<string, string> = {};
  for (const [at, path] of paths.entries()) {
    const one = list[at];
    const parent = path.includes("/") ? found[path.slice(0, path.lastIndexOf("/"))] : "directory";
    if (one && parent?.startsWith("directory")) found[path] = `${liveText(one)}${one[0] === "link" ? " -> /etc" : ""}`;
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
    root: fc.constantFrom("directory root:named 0750", "directory bob:bob 0777 acl=group::rwx,user:7:r-x"),
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
