import { expect, test } from "@jest/globals";
import { figuresOf } from "../support/bench";

test("the bench of a preview ends and prints its figures", async () => {
  expect(await figuresOf("preview", "--entries", "200", "--rounds", "1")).toStrictEqual([
    "a  ssh host find -printf, read to its end",
    "b  the provider: connect, scan, plan",
    "of which connect and scan",
    "pulumi preview of an empty program",
    "c  pulumi preview of the jail and 5 rules",
    "c beyond the empty program",
    "__provider in the state",
    "state of a rule, the largest",
  ]);
});
