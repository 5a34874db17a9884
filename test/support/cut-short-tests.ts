import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { useCutShortJail } from "./cut-short-jail";
import { ok } from "./e2e";
import type { Fault } from "./faults";

/** The test of one file: the fault ends an `up` after this part of its operations. */
export function testFinished(fault: Fault, part: number): void {
  describe("an up that was cut short", () => {
    const { shared, root, wrapper, at, cut, inject, is, isWhole, left, registered, contents, urns } = useCutShortJail();

    test(`is finished by the next one, and destroyed without a rest (${fault})`, async () => {
      const { stack } = shared;
      await cut(fault, at(part));
      ok(await stack.up());
      await isWhole();
      // Its files are removed one by one; a file that was there before stays.
      await inject(fault, 3, () => stack.destroy("--parallel", "1", ...urns("conf", "made", "below", "launcher")));
      const names = ["conf", "made", "below", "launcher"].filter((name) =>
        stack.resources().some(({ urn }) => urn.endsWith(`::${name}`)),
      );
      ok(await stack.destroy(...urns(...names)));
      expect(await contents()).toBe("==> etc/conf <==\nnew conf\n\n==> etc/own <==\nown\n");
      assert.ok(await is(`test ! -e ${wrapper} && test ! -L /etc/app.conf && test -e ${root}/bin/cat`));
      expect(await left()).toBe("");
      ok(await stack.destroy());
      expect(await registered()).toBe("backup");
    });
  });
}

/** The same, for each of these faults. */
export function testDestroyed(...cases: readonly (readonly [fault: Fault, part: number])[]): void {
  describe("an up that was cut short", () => {
    const { lab, shared, root, at, cut, left, registered, contents } = useCutShortJail();

    for (const [fault, part] of cases)
      test(`is destroyed at once: nothing that was staged is left (${fault} at ${part})`, async () => {
        const { stack } = shared;
        await cut(fault, at(part));
        ok(await stack.destroy());
        expect(stack.resources()).toStrictEqual([]);
        expect(await left()).toBe("");
        expect(await registered()).toMatch(/^(backup)?$/);
        expect(await contents()).toMatch(
          /^==> etc\/conf <==\n(old|new conf)\n\n(==> etc\/new <==\nmade\n\n)?==> etc\/own <==\nown\n/,
        );
        expect(await lab.host.must(`stat -c '%u:%g %a' ${root} ${root}/etc`)).toBe("0:1033 750\n0:1033 750\n");
      });
  });
}
