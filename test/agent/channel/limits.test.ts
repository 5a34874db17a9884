import { expect, test } from "@jest/globals";
import { Agent } from "../../../provider/agent/channel/agent";
import { LeftOut } from "../../../provider/agent/channel/left-out";
import type { Channel } from "../../../provider/ssh/channel";

test("a reply with too many names is given up, also where its end comes in the same data", async () => {
  let program = "";
  let tell: (data: string) => void = () => undefined;
  let isAborted = false;
  const channel: Channel = {
    notices: [],
    write: (data) => {
      program ||= data.toString("latin1");
    },
    send: async () => undefined,
    end: () => undefined,
    abort: () => {
      isAborted = true;
    },
    onData: (listener) => {
      tell = listener;
    },
    onEnd: () => undefined,
  };
  const site = { connection: { host: "127.0.0.1" }, root: "/srv/jail" };
  const agent = new Agent(channel, site, { leftOut: new LeftOut({ names: 3, bytes: 10_000 }) });
  const reply = agent.request("scan");
  const nonce = /NONCE=([0-9a-f]+)/.exec(program)?.[1];
  const entries = [1, 2, 3, 4].map((n) => `f 640 0 0 1 1:${n} 0 .//${n}\0\0`).join("");
  const line = (text: string) => `${nonce} ${text}\0`;
  tell(`${line("hello")}${line("list entries")}${entries}${line("listed 0")}${line("done 0 ")}`);
  await expect(reply).rejects.toThrow(/too large for one look/);
  expect(isAborted).toBe(true);
});
