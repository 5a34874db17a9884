import { describe, expect, test } from "@jest/globals";
import { finding } from "../../../../provider/intent/finding";
import { bytesOf } from "../../../../provider/model/bytes";
import { refusalTexts } from "../../../../provider/render/text/findings/refusal-texts";

const [one, two, three] = ["one", "two", "three"].map((name) => ({ label: `PermissionRule::${name}` })) as [
  Rule,
  Rule,
  Rule,
];
type Rule = { readonly label: string };

function conflict(
  field: "mode" | "owner" | "capabilities",
  path: string,
  claims = [one, two] as const,
  hasGlob = false,
) {
  return finding("conflict", { field, claims, hasGlob }, { at: bytesOf(path), by: one });
}
const paths = (count: number) =>
  Array.from({ length: count }, (_, at) => `zones/${String(count - at).padStart(4, "0")}`);
const both = "PermissionRule::one and PermissionRule::two give different";
const remedy = "with the same order: give one of them a higher order";

describe("conflicts of two resources", () => {
  test("on one path are a sentence each", () => {
    expect(refusalTexts([conflict("mode", "etc/a\n")])).toStrictEqual([`${both} modes to etc/a\\n ${remedy}`]);
  });

  for (const [count, named] of [
    [2, "zones/0001 and zones/0002"],
    [3, "zones/0001, zones/0002 and zones/0003"],
    [4, "zones/0001, zones/0002, zones/0003 and 1 more"],
    [2003, "zones/0001, zones/0002, zones/0003 and 2,000 more"],
  ] as const)
    test(`on ${count} paths are one sentence, with the first paths by name and the number of the others`, () => {
      const conflicts = paths(count).map((path) => conflict("owner", path));
      expect(refusalTexts([...conflicts, ...conflicts])).toStrictEqual([`${both} owners to ${named} ${remedy}`]);
    });

  test("are told by pair and field, the worst field first, after what else is refused", () => {
    const refusals = [
      conflict("owner", "a"),
      conflict("mode", "a"),
      conflict("mode", "b", [two, one], true),
      conflict("mode", "a", [one, three]),
      conflict("capabilities", "a"),
      finding("unknown-principal", { what: "user", name: "bnid" }, { by: one }),
    ];
    expect(refusalTexts(refusals)).toStrictEqual([
      'the host has no user "bnid": create it there, or correct the declaration',
      `${both} capabilities to a ${remedy}`,
      `${both} modes to a and b ${remedy}, or a literal path`,
      `PermissionRule::one and PermissionRule::three give different modes to a ${remedy}`,
      `${both} owners to a ${remedy}`,
    ]);
  });
});
