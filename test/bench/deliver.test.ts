import { expect, test } from "@jest/globals";
import { figuresOf } from "../support/bench";

test("the bench of a large file ends and prints its figures", async () => {
  expect(await figuresOf("deliver", "--megabytes", "1", "--rounds", "1")).toStrictEqual([
    "a  ssh host 'cat > f'",
    "b  JailFile: look, send, check, place, look",
    "provider's memory at its peak",
  ]);
});
