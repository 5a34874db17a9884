import assert from "node:assert/strict";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Claim } from "../../../provider/intent/claim";
import { claimMatcher } from "../../../provider/intent/glob/claim-matcher";
import { parseGlob } from "../../../provider/intent/glob/glob";
import { rankClaims } from "../../../provider/intent/rank";
import type { Bytes } from "../../../provider/model/bytes";

const component = fc.constantFrom("a", "b", "ab", "*", "**", "a*", "*b", "?", "[ab]", "[!a]", "*a*", "a\\*");
const glob = fc.array(component, { minLength: 1, maxLength: 5 }).map((parts) => parts.join("/"));
const name = fc.constantFrom("a", "b", "ab", "ba", "c", ".a", "a*", "aXb");
const path = fc.oneof(
  fc.constant("."),
  fc.array(name, { minLength: 1, maxLength: 6 }).map((parts) => parts.join("/")),
);

function claim(source: string, except: string[], index: number): Claim {
  const by = { label: `rule ${String(index).padStart(3, "0")}` };
  const common = { presence: "optional", tier: "rule", order: 100, reason: "why" } as const;
  return { by, match: parseGlob(source), except: except.map(parseGlob), want: {}, ...common };
}

test("claims are found for a path as each glob by itself would tell, in their order, whatever was asked before", () => {
  let found = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(glob, fc.array(glob, { maxLength: 1 })), { maxLength: 12 }),
      fc.array(path),
      (of, paths) => {
        const ranked = rankClaims(of.map(([source, except], index) => claim(source, except, index)));
        const matching = claimMatcher(ranked);
        for (const each of paths as Bytes[]) {
          const wanted = ranked.filter(
            ({ claim: { match, except } }) => match.matches(each) && !except.some((one) => one.matches(each)),
          );
          assert.deepEqual(matching(each), wanted, each);
          found += wanted.length;
        }
      },
    ),
    { numRuns: 1000 },
  );
  assert.ok(found > 200, `${found} matches`);
});

test("directories that are named after the globs, in every order, are told apart, more than are remembered", () => {
  const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
  const ranked = rankClaims(names.map((one, index) => claim(`**/${one}/**`, [], index)));
  const matching = claimMatcher(ranked);
  // No two have the same names above them.
  const paths = Array.from({ length: 6000 }, (_, index) => {
    const above = [
      index % 40,
      (index * 7 + Math.floor(index / 40)) % 40,
      (index * 13 + 5) % 40,
      Math.floor(index / 150),
    ];
    return `${above.map((one) => names[one]).join("/")}/file` as Bytes;
  });
  expect(new Set(paths).size).toBeGreaterThan(5000);
  for (const [index, path] of [...paths, ...paths].entries()) {
    const found = matching(path);
    if (index % 7 === 0)
      assert.deepEqual(
        found,
        ranked.filter((one) => one.claim.match.matches(path)),
        path,
      );
  }
});
