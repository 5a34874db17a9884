import { expect, test } from "@jest/globals";
import { figuresOf } from "../support/bench";

test("the bench of many hosts ends and prints its figures", async () => {
  // More than one sshd listens on: the seventeenth address needs a second one.
  expect(await figuresOf("hosts", "--hosts", "17", "--rounds", "1")).toStrictEqual([
    "a  ssh host true",
    "b  connect and the agent's first reply",
    "c  ssh host find, 64 at once",
    "pulumi preview of an empty program",
    "d  pulumi preview of all jails",
  ]);
});
