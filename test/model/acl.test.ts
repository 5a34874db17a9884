import assert from "node:assert/strict";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  aclEntryProblem,
  aclText,
  groupBits,
  hasAccessEntries,
  principalsIn,
  readAcl,
  resolveAcl,
} from "../../provider/model/acl";
import { formatMode } from "../../provider/model/mode";
import { type LabRoot, makeRoot } from "../../scripts/lab/root";

const ids = new Map([
  ["backup", 34],
  ["adm", 4],
]);
const idOf = (_: string, name: string) => ids.get(name) ?? (/^\d+$/.test(name) ? Number(name) : undefined);
const resolve = (entries: readonly string[], mode: number, isDirectory = false) =>
  resolveAcl(aclText(entries), mode, isDirectory, idOf);

describe("a declared ACL", () => {
  test("is one text for all ways to write it", () => {
    const text = "default:group:adm:rX,group:adm:-,user:backup:rx";
    expect(aclText(["user:backup:r-x", "group:adm:---", "default:group:adm:rX"])).toBe(text);
    expect(aclText(["d:g:adm:Xr", "g:adm:-", "u:backup:xr"])).toBe(text);
    assert.equal(aclText(text.split(",")), text, "and of itself");
    expect(aclText([])).toBe("");
  });

  test("is refused with what to write where an entry is none for a user or a group", () => {
    const wrong = [
      "",
      "backup:rx",
      "user::rwx",
      "group::r",
      "other::r",
      "mask::rwx",
      "user:backup",
      "user:backup:",
      "user:backup:7",
      "user:backup:rwxx",
      "user:backup:rw,group:adm:r",
      "user:back up:r",
      "user:-x:r",
      "user:backup:r\n",
      "others:x:r",
      "default:default:user:x:r",
    ];
    for (const text of wrong)
      assert.match(aclEntryProblem(text) ?? "", /is not an entry for a user or a group: write "user:backup:r-x"/, text);
    for (const text of ["u:backup:r", "group:7:rwx", "d:u:svc.web@corp:X", "default:g:machine$:---"])
      assert.equal(aclEntryProblem(text), undefined, text);
  });

  test("names users and groups, those of default entries too", () => {
    const named = principalsIn(aclText(["u:backup:r", "d:u:web:r", "g:adm:r", "d:g:7:r"]));
    expect({ users: named.users.sort(), groups: named.groups.sort() }).toStrictEqual({
      users: ["backup", "web"],
      groups: ["7", "adm"],
    });
  });

  test("keeps the group what the mode gives it, and makes the mask cover all", () => {
    expect(resolve(["user:backup:rw"], 0o640)).toStrictEqual({ acl: ["group::r--", "user:34:rw-"], mask: 6 });
    expect(resolve(["user:backup:-"], 0o640)).toStrictEqual({ acl: ["group::r--", "user:34:---"], mask: 4 });
    expect(resolve(["group:adm:x"], 0o604)).toStrictEqual({ acl: ["group:4:--x", "group::---"], mask: 1 });
    expect(resolve([], 0o640)).toStrictEqual({ acl: [], mask: 4 });
  });

  test("of default entries alone is a whole default ACL, and leaves the mode as it is", () => {
    expect(resolve(["default:user:backup:rw"], 0o2751, true)).toStrictEqual({
      acl: [
        "default:group::r-x",
        "default:mask::rwx",
        "default:other::--x",
        "default:user:34:rw-",
        "default:user::rwx",
      ],
      mask: 5,
    });
    assert.deepEqual(resolve(["default:user:backup:rw"], 0o640), { acl: [], mask: 4 }, "a file has none");
  });

  test("with X lets through to directories, and to files that somebody may execute", () => {
    const bits = (mode: number, isDirectory: boolean) => resolve(["user:7:rX"], mode, isDirectory).acl.at(-1);
    expect(bits(0o640, false)).toBe("user:7:r--");
    expect(bits(0o640, true)).toBe("user:7:r-x");
    for (const mode of [0o740, 0o650, 0o641]) expect(bits(mode, false)).toBe("user:7:r-x");
  });

  test("keeps a name that the host does not know, so that it equals nothing that is there", () => {
    expect(resolve(["user:nosuch:r"], 0o600).acl).toStrictEqual(["group::---", "user:nosuch:r--"]);
  });
});

describe("an ACL that is there", () => {
  test("is read without what the mode says, remarks and empty lines", () => {
    const lines = [
      "user::rwx",
      "user:34:r-x\t\t#effective:---",
      "group::rwx  #effective:---",
      "mask::---",
      "other::---",
      "",
    ];
    expect(readAcl(lines)).toStrictEqual(["group::rwx", "user:34:r-x"]);
    expect(readAcl([...lines, "default:user::rwx", "default:mask::rwx"]).slice(0, 2)).toStrictEqual([
      "default:mask::rwx",
      "default:user::rwx",
    ]);
    expect(readAcl(["user::rw-", "group::r--", "other::---"])).toStrictEqual([]);
    // getfacl prints the mode's three entries before default ones although there is no access ACL.
    expect(readAcl(["user::rwx", "group::r-x", "other::---", "default:user:7:r--"])).toStrictEqual([
      "default:user:7:r--",
    ]);
  });

  test("says what the group itself has, which the mode's group bits only bound", () => {
    expect(groupBits(["group::r-x", "user:34:rwx"], 0o670)).toBe(5);
    expect(groupBits(["group:7:rwx", "group::---"], 0o670)).toBe(0);
    expect(groupBits([], 0o640)).toBe(4);
    expect(groupBits(["default:group::rwx"], 0o640)).toBe(4);
  });

  test("gives access to somebody more only by entries that are no default", () => {
    assert.ok(hasAccessEntries(["default:user:7:r--", "group::r--"]));
    assert.ok(!hasAccessEntries(["default:user:7:r--", "default:group::r--"]));
    assert.ok(!hasAccessEntries([]));
  });
});

describe("on a real file system", () => {
  let host: LabRoot;
  beforeAll(async () => {
    host = await makeRoot();
  });
  afterAll(() => host.close());

  interface Given {
    readonly entries: readonly string[];
    readonly mode: number;
    readonly isDirectory: boolean;
  }
  const perms = fc.subarray(["r", "w", "x"]).map((letters) => letters.join("") || "-");
  const withX = fc.subarray(["r", "w", "X"], { minLength: 1 }).map((letters) => letters.join(""));
  const entry = fc.tuple(
    fc.constantFrom("", "default:", "d:"),
    fc.constantFrom("user", "group", "u", "g"),
    fc.constantFrom("1", "7", "1000", "4294967294"),
    fc.oneof(perms, withX),
  );
  const keyOf = ([isDefault, tag, id]: readonly string[]) => `${isDefault ? "d" : ""} ${tag?.[0]} ${id}`;
  const given: fc.Arbitrary<Given> = fc
    .record({
      entries: fc.uniqueArray(entry, { maxLength: 5, selector: keyOf }),
      mode: fc.integer({ min: 0, max: 0o777 }),
      isDirectory: fc.boolean(),
    })
    .map(({ entries, mode, isDirectory }) => {
      const texts = entries.map(([isDefault, tag, id, bits]) => `${isDefault}${tag}:${id}:${bits}`);
      // For setfacl X also counts the entries before it; ours do not depend on their order.
      const isClear = isDirectory || (mode & 0o111) !== 0 || !texts.some((text) => text.endsWith("x"));
      const clear = isClear
        ? texts
        : texts.map((text) => text.replace("X", "") || "-").map((text) => text.replace(/:$/, ":-"));
      return { entries: isDirectory ? clear : clear.filter((text) => !text.startsWith("d")), mode, isDirectory };
    });

  /** One shell for all cases: it prints each result of the commands as `mode entries`. */
  async function left(folder: string, cases: readonly Given[], commands: (of: Given) => string[]): Promise<string[]> {
    const script = cases.flatMap((of, at) => [
      of.isDirectory ? `mkdir ${at}` : `: >${at}`,
      ...commands(of).map((line) => `${line} ${at}`),
    ]);
    const looks = cases.map((_, at) => `echo "# $(stat -c %a ${at})"; getfacl -PpsnE ${at} | sed '/^#/d'`);
    await host.must(`mkdir -p ${folder}`);
    const printed = await host.must(["umask 0; set -e", ...script, "set +e", ...looks, "true"].join("\n"), {
      cwd: folder,
    });
    return printed
      .split("# ")
      .slice(1)
      .map((block) => {
        const [mode = "", ...lines] = block.split("\n");
        return `${mode.padStart(4, "0")} ${readAcl(lines)}`;
      });
  }

  const ours = ({ entries, mode, isDirectory }: Given) => {
    const { acl, mask } = resolve(entries, mode, isDirectory);
    return { acl, mode: formatMode((mode & ~0o070) | (mask << 3)) };
  };
  const chmod = ({ mode }: Given) => `chmod ${formatMode(mode)}`;
  const setfacl = ({ entries }: Given) => (entries.length > 0 ? [`setfacl -m ${entries.join()}`] : []);

  test("setfacl makes of a declared ACL what we say", async () => {
    let run = 0;
    const cases = fc.array(given, { minLength: 60, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(cases, async (all) => {
        const real = await left(`/tmp/native-${run++}`, all, (of) => [chmod(of), ...setfacl(of)]);
        expect(all.map((of, at) => `${of.entries}: ${real[at]}`)).toStrictEqual(
          all.map((of) => `${of.entries}: ${ours(of).mode} ${ours(of).acl}`),
        );
      }),
      { numRuns: 3, endOnFailure: true },
    );
  });

  test("what we send is there afterwards, whatever was there before", async () => {
    let run = 0;
    const cases = fc.array(fc.tuple(given, given), { minLength: 60, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(cases, async (pairs) => {
        const all = pairs.map(([of]) => of);
        const before = new Map(pairs);
        // As provider/agent/apply.ts does it: the whole ACL with a closed mask, then the mode.
        const commands = (of: Given) => {
          const last = before.get(of);
          const earlier = last
            ? [
                chmod(last),
                ...setfacl({
                  ...last,
                  entries: last.entries.filter((text) => of.isDirectory || !text.startsWith("d")),
                }),
              ]
            : [];
          const { acl, mode } = ours(of);
          const closed = hasAccessEntries(acl) ? "mask::---" : "group::---";
          return [...earlier, `setfacl -Pbk -m ${[...acl, closed].join()}`, `chmod 0${mode}`];
        };
        expect(await left(`/tmp/sent-${run++}`, all, commands)).toStrictEqual(
          all.map((of) => `${ours(of).mode} ${ours(of).acl}`),
        );
      }),
      { numRuns: 3, endOnFailure: true },
    );
  });
});
