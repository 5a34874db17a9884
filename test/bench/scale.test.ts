import { expect, test } from "@jest/globals";
import { figuresOf } from "../support/bench";

test("the bench of large jails ends and prints its figures", async () => {
  const ofOneSize = [
    "a  bare find -printf, drained",
    "b  scan and plan",
    "c  bare find, getfacl -R, getcap -r, drained",
    "d  scan with ACLs and capabilities, and plan",
    "e  scan and plan with 1 rule",
    "f  with 200 rules",
    "plan for 200 rules, CPU, the worst run",
    "provider's memory at its peak",
  ];
  expect(await figuresOf("scale", "--large", "1000", "--rounds", "1")).toStrictEqual([
    ...ofOneSize,
    ...ofOneSize,
    "g  bare grouped xargs, lists on stdin, one exec",
    "h  look, seal, fix, look, relax",
  ]);
});
