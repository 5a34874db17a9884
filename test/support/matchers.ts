// Matchers of our own. The benches and `npm run race` use the files beside this one without jest.
import { expect } from "@jest/globals";
import type { Outcome } from "../../provider/engine/converge/job";
import type { Bytes } from "../../provider/model/bytes";
import { type Driven, driftOf, errorsOf } from "./driven";
import { type Seen, walk } from "./jail-site";

declare module "expect" {
  interface Matchers<R> {
    /** No outcome of an `up` has an error. */
    toSucceed(): R;
    /** The preview of a {@link Driven} shows this drift, by path, and no other: `{}` where all is as declared. */
    toDrift(drift: Readonly<Record<string, string>>): Promise<void>;
    /** The tree at this path is the one that {@link walk} has seen before: no inode of it was changed, even for a time. */
    toBeUntouched(before: ReadonlyMap<Bytes, Seen>): R;
  }
}

expect.extend({
  toSucceed(outcomes: readonly Outcome[]) {
    const errors = errorsOf(outcomes);
    return { pass: errors.length === 0, message: () => `${errors.length} errors:\n${errors.join("\n\n")}` };
  },
  async toDrift(driven: Driven, declared: Readonly<Record<string, string>>) {
    const drift = await driftOf(driven);
    return {
      pass: this.equals(drift, declared),
      message: () => this.utils.printDiffOrStringify(declared, drift, "Expected drift", "Shown", true),
    };
  },
  toBeUntouched(top: string, before: ReadonlyMap<Bytes, Seen>) {
    const now = walk(top);
    const paths = new Set([...before.keys(), ...now.keys()]);
    const touched = [...paths].filter((path) => !this.equals(before.get(path), now.get(path)));
    const lines = touched.map((path) =>
      this.utils.printDiffOrStringify(before.get(path), now.get(path), `${path} before`, "Now", true),
    );
    return { pass: touched.length === 0, message: () => `touched in ${top}:\n${lines.join("\n\n")}` };
  },
});
