import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Bytes, bytesOf } from "../../../provider/model/bytes";
import type { Live, Principals } from "../../../provider/model/entry";
import { type Difference, keepNothing } from "../../../provider/plan/difference";
import { differenceText } from "../../../provider/render/text/difference-text";

const path = "etc/x" as Bytes;
const owner = { label: "JailFile::x" };
const live: Live = { type: "file", uid: 0, gid: 0, mode: 0o640, links: 1, inode: "1:2", size: 7 };
const ids = (pairs: readonly (readonly [string, number])[]): Principals => ({
  uids: new Map(pairs),
  gids: new Map(pairs),
  users: new Map(pairs.map(([name, id]) => [id, name])),
  groups: new Map(pairs.map(([name, id]) => [id, name])),
  primary: new Map(),
});
const principals = ids([["root", 0]]);

function ofContent(there: string, declared: string, from: "program" | "host" = "program", isSecret = false) {
  const digest = { size: 7, sha256: declared };
  const content =
    from === "program"
      ? ({ from, digest, isSecret } as const)
      : ({ from, path: bytesOf("/etc/key"), isSecret } as const);
  const put = {
    claim: { by: owner, reason: "", at: path, is: { type: "file", content } as const },
    want: digest,
    live: { size: 7, sha256: there },
  };
  const difference: Difference = { path, owner, live, want: {}, keep: keepNothing, reason: "", put };
  return differenceText(difference, { principals });
}

describe("the two sides of a difference", () => {
  const zeros = "0".repeat(64);

  test("tell contents apart by eight digits, or by as many as it takes", () => {
    const long = (start: string) => start.padEnd(64, "0");
    expect(ofContent(long("1"), zeros)).toStrictEqual({
      live: "sha256:10000000",
      declared: "sha256:00000000",
      marks: "",
    });
    const near = ofContent(long("000000001"), zeros);
    expect([near.live, near.declared]).toStrictEqual(["sha256:0000000010000000", "sha256:0000000000000000"]);
    const last = ofContent(`${"0".repeat(63)}1`, zeros);
    expect([last.live, last.declared]).toStrictEqual([`sha256:${"0".repeat(63)}1`, `sha256:${zeros}`]);
  });

  test("never read the same where the contents differ", () => {
    const digits = fc.string({ unit: fc.constantFrom("0", "1"), minLength: 64, maxLength: 64 });
    const near = fc.tuple(digits, fc.nat(63)).map(([sum, at]) => {
      const flipped = sum.charAt(at) === "0" ? "1" : "0";
      return [sum, `${sum.slice(0, at)}${flipped}${sum.slice(at + 1)}`] as const;
    });
    fc.assert(
      fc.property(near, ([one, other]) => {
        const { live, declared } = ofContent(one, other);
        expect(live).not.toBe(declared);
      }),
    );
  });

  test("have numbers where two users of the host have one name", () => {
    const twice: Principals = {
      ...principals,
      users: new Map([
        [7, "www"],
        [8, "www"],
      ]),
      groups: new Map([[7, "www"]]),
    };
    const want = { uid: 8, gid: 7 };
    const difference: Difference = {
      path,
      owner,
      live: { ...live, uid: 7, gid: 7 },
      want,
      keep: keepNothing,
      reason: "",
    };
    const { live: there, declared } = differenceText(difference, { principals: twice });
    expect([there, declared]).toStrictEqual(["7:7", "8:7"]);
    const acl = (id: number) => [`user:${id}:r--`];
    const ofAcl = { ...difference, live: { ...live, acl: acl(7) }, want: { acl: acl(8) } };
    const named = differenceText(ofAcl, { principals: twice });
    expect([named.live, named.declared]).toStrictEqual(["acl:user:7:r--", "acl:user:8:r--"]);
  });

  test("have no text, checksum or size of a secret, wherever it comes from", () => {
    for (const from of ["program", "host"] as const)
      expect(ofContent("1".repeat(64), zeros, from, true)).toStrictEqual({
        live: "content differs",
        declared: "as declared",
        marks: "",
      });
  });
});
