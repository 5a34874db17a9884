import { expect, test } from "@jest/globals";
import type { types } from "@pulumi/command";
import type { Connection } from "../../provider/index";
import { connectionArgs } from "../../provider/model/connection";

type Theirs = types.input.remote.ConnectionArgs;

/** Proved by the compiler: whatever is a connection for @pulumi/command is one here, its jump host included. */
const here = (connection: Theirs): Connection => connection;
const both = {
  host: "ns1.example.com",
  port: 22,
  user: "root",
  password: "a password",
  privateKey: "a key",
  privateKeyPassword: "a passphrase",
  agentSocketPath: "/run/agent",
  hostKey: "ssh-ed25519 AAAA",
  dialErrorLimit: 3,
  perDialTimeout: 20,
} satisfies Theirs & Connection;
const through: Required<Theirs> = { ...both, proxy: both };

test("one object is a connection for @pulumi/command and for this package", () => {
  expect(connectionArgs.parse(here(through))).toStrictEqual(through);
});
