import { expect, test } from "@jest/globals";
import { Agent } from "../../../provider/agent/channel/agent";
import { LeftOut } from "../../../provider/agent/channel/left-out";
import type { Channel } from "../../../provider/ssh/channel";

const site = { connection: { host: "127.0.0.1" }, root: "/srv/jail" };

/** A channel to a host that tells what the test says. */
function madeChannel() {
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
  return {
    channel,
    tell: (data: string) => tell(data),
    isAborted: () => isAborted,
    line: (text: string) => `${/NONCE=([0-9a-f]+)/.exec(program)?.[1]} ${text}\0`,
  };
}

test("a reply with too many names is given up, also where its end comes in the same data", async () => {
  const { channel, tell, isAborted, line } = madeChannel();
  const agent = new Agent(channel, site, { leftOut: new LeftOut({ names: 3, bytes: 10_000 }) });
  const reply = agent.request("scan");
  const entries = [1, 2, 3, 4].map((n) => `f 640 0 0 1 1:${n} 0 .//${n}\0\0`).join("");
  tell(`${line("hello")}${line("list entries")}${entries}${line("listed 0")}${line("done 0 ")}`);
  await expect(reply).rejects.toThrow(/too large for one look/);
  expect(isAborted()).toBe(true);
});

test("a host that prints on and on before the agent's first line is given up after 16 MB", async () => {
  const { channel, tell, isAborted } = madeChannel();
  const reply = new Agent(channel, site).request("scan");
  for (let sent = 0; sent < 300 && !isAborted(); sent++) tell("A\n".repeat(32_768));
  expect(isAborted()).toBe(true);
  await expect(reply).rejects.toThrow(/cannot start the agent: .*prints a text of more than 16 MB at login/);
});

test("a part of a reply comes in any pieces, after a text that the account prints at login", async () => {
  const { channel, tell, line } = madeChannel();
  const reply = new Agent(channel, site).request("scan");
  for (const byte of `welcome\n${line("hello")}${line("done 0 all is well")}`) tell(byte);
  expect(await reply).toMatchObject({ status: 0, error: "all is well" });
});
