import { setImmediate } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { Calls } from "../../provider/plugin/calls";

test("the end waits for each open call, also for one that fails", async () => {
  const calls = new Calls();
  const ended: string[] = [];
  let open = (): void => undefined;
  const call = calls.run(() => new Promise<void>((resolve) => (open = resolve))).then(() => ended.push("call"));
  const failing = calls.run(async () => Promise.reject(new Error("no"))).catch(() => ended.push("failing"));
  await setImmediate();
  const end = calls.end().then(() => ended.push("end"));
  await failing;
  open();
  await Promise.all([call, end]);
  expect(ended).toStrictEqual(["failing", "call", "end"]);
});

test("an error that no promise has caught ends the open calls", async () => {
  const calls = new Calls();
  const call = calls.run(() => new Promise(() => undefined));
  await setImmediate();
  calls.fail(new Error("registration failed"));
  await expect(call).rejects.toThrow("registration failed");
});
