import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { type AnyAuthMethod, utils } from "ssh2";
import type { Connection } from "../model/connection";

/** How to log in: the methods for ssh2, and the names of what is tried, for a message. No key material in either name. */
export interface Identity {
  readonly methods: AnyAuthMethod[];
  readonly tried: readonly string[];
}

/**
 * The declared key alone, else the agent, then the first key file of ~/.ssh. Few keys on purpose: sshd counts failed
 * ones (MaxAuthTries, PerSourcePenalties). Agent and files are looked up when used, so that state never holds them.
 */
export function identityFor(connection: Connection): Identity | { readonly problem: string } {
  const username = connection.user ?? "root";
  const passphrase = connection.privateKeyPassword;
  const withKey = (key: string, name: string): Identity | { problem: string } => {
    const parsed = utils.parseKey(key, passphrase);
    if (parsed instanceof Error)
      return {
        problem: /^[~./][^\n]*$/.test(key.trim())
          ? `${name} is a path: give the key's text, as fs.readFileSync reads it`
          : `${name} cannot be used: ${parsed.message}`,
      };
    return { methods: [{ type: "publickey", username, key: parsed }], tried: [name] };
  };
  if (connection.privateKey !== undefined) return withKey(connection.privateKey, "connection.privateKey");
  const found: Identity[] = [];
  const agent = connection.agentSocketPath ?? process.env["SSH_AUTH_SOCK"];
  if (agent !== undefined && agent !== "" && existsSync(agent))
    found.push({ methods: [{ type: "agent", username, agent }], tried: [`the SSH agent at ${agent}`] });
  else if (connection.agentSocketPath !== undefined)
    return { problem: `there is no SSH agent at connection.agentSocketPath, ${connection.agentSocketPath}` };
  const file = ["id_ed25519", "id_ecdsa", "id_rsa"]
    .map((name) => join(homedir(), ".ssh", name))
    .find((name) => existsSync(name));
  if (file !== undefined && connection.agentSocketPath === undefined) {
    const identity = withKey(readFileSync(file, "utf8"), file);
    if (!("problem" in identity)) found.push(identity);
    else if (found.length === 0) return identity;
  }
  if (found.length === 0)
    return {
      problem:
        "there is no key to log in with: start an SSH agent, put a key into ~/.ssh, or set connection.privateKey",
    };
  return { methods: found.flatMap(({ methods }) => methods), tried: found.flatMap(({ tried }) => tried) };
}
