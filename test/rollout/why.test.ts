import { expect, test } from "@jest/globals";
import { Whys } from "../../provider/rollout/why";

const key = "-----BEGIN KEY-----\nAAAABBBBCCCC\n-----END KEY-----\n";
const whys = new Whys(
  {
    name: "dns",
    declare: () => undefined,
    units: {
      a: { host: "a", password: "hunter2", privateKey: key, become: { method: "sudo", password: "sudo-pass" } },
      b: { hosts: { c: { host: "c", proxy: { host: "jump", password: "jump-pass" } } } },
    },
  },
  { PULUMI_CONFIG_PASSPHRASE: "the phrase", PULUMI_ACCESS_TOKEN: "pul-123456" },
);

test("a reason is one printable line, without the word that every error begins with", () => {
  expect(whys.line("\nerror: no\u202ename\nmore")).toBe("no\\xe2\\x80\\xaename");
  expect(whys.line(" \n")).toBe("no reason was given");
  expect(whys.line("x".repeat(700))).toBe(`${"x".repeat(600)} …`);
  expect(whys.line("Created stack 'a'\nerror: no space left\n")).toBe("no space left");
});

test("a reason has no secret of a connection, of Pulumi or of a URL", () => {
  const secrets = ["hunter2", "AAAABBBBCCCC", "sudo-pass", "jump-pass", "the phrase", "pul-123456"];
  const line = whys.line(`login failed: ${secrets.join(", ")}`);
  expect(line).toBe(`login failed: ${secrets.map(() => "[secret]").join(", ")}`);
  expect(whys.line("dial postgres://me:pa:ss@db/pulumi: refused")).toBe("dial postgres://[secret]@db/pulumi: refused");
});
