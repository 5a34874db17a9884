import { expect, test } from "@jest/globals";
import { figuresOf } from "../support/bench";

test("the bench of the two faces ends and prints its figures", async () => {
  expect(await figuresOf("faces", "--resources", "3", "--jails", "2", "--rounds", "1")).toStrictEqual([
    "preview of dynamic resources",
    "preview over the plugin",
    "up of dynamic resources",
    "up over the plugin",
    "start of the dynamic provider",
    "start of the plugin",
    "logins",
    "scans",
  ]);
});
