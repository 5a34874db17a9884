import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { type AnyAuthMethod, utils } from "ssh2";
import { agentWith } from "./agent-keys";
import type { Hop } from "./route";

/** How to log in: the methods for ssh2, and the names of what is tried, for a message. No key material in either name. */
export interface Identity {
  readonly methods: AnyAuthMethod[];
  readonly tried: readonly string[];
}

/** Key files of ~/.ssh where no others are named; the first one that is there. */
const usual = ["id_ed25519", "id_ecdsa", "id_rsa"];

/**
 * The declared key or password alone; else the agent, then key files: those that are named, or the first one of ~/.ssh. Few keys on
 * purpose: sshd counts failed ones (MaxAuthTries, PerSourcePenalties). Agent and files are looked up when used, so that state
 * never holds them.
 */
export function identityFor(hop: Hop): Identity | { readonly problem: string } {
  const { server, without } = hop;
  const { user: username, privateKey, password } = server;
  const found: Identity[] = [];
  if (privateKey !== undefined) {
    const identity = withKey(hop, privateKey, "connection.privateKey");
    if ("problem" in identity) return identity;
    found.push(identity);
  }
  if (password !== undefined) {
    if (!without.has("password"))
      found.push({ methods: [{ type: "password", username, password }], tried: ["the password"] });
    if (!without.has("keyboard-interactive"))
      found.push({ methods: [answering(username, password)], tried: ["the password, when asked"] });
  }
  if (found.length === 0) {
    if (without.has("publickey"))
      return { problem: "the SSH client's configuration allows no key, and no password is declared" };
    const keys = ofThisMachine(hop);
    if ("problem" in keys) return keys;
    found.push(keys);
  }
  return oneAfterTheOther(found);
}

function oneAfterTheOther(found: readonly Identity[]): Identity {
  return { methods: found.flatMap(({ methods }) => methods), tried: found.flatMap(({ tried }) => tried) };
}

/** Answers a question for the password, and no other: a second one, as for a code, is nobody's here. */
function answering(username: string, password: string): AnyAuthMethod {
  return {
    type: "keyboard-interactive",
    username,
    prompt(_name, _instructions, _language, prompts, finish) {
      finish(prompts.map(({ prompt, echo }) => (echo !== true && /pass/i.test(prompt) ? password : "")));
    },
  };
}

function ofThisMachine(hop: Hop): Identity | { problem: string } {
  const { server, agent, identityFiles, identitiesOnly } = hop;
  const username = server.user;
  const found: Identity[] = [];
  const named = identityFiles?.filter((file) => existsSync(file) || existsSync(`${file}.pub`));
  if (agent !== undefined && existsSync(agent)) {
    const methods = [{ type: "agent" as const, username, agent: agentWith(agent, named ?? [], identitiesOnly) }];
    found.push({ methods, tried: [`the SSH agent at ${agent}`] });
  } else if (server.agentSocketPath !== undefined)
    return { problem: `there is no SSH agent at connection.agentSocketPath, ${server.agentSocketPath}` };
  const files =
    named ??
    usual
      .map((name) => join(homedir(), ".ssh", name))
      .filter((file) => existsSync(file))
      .slice(0, 1);
  let problem: { problem: string } | undefined;
  for (const file of server.agentSocketPath === undefined ? files : []) {
    if (!existsSync(file)) continue; // Of one that only the agent has the public half is here.
    const identity = withKey(hop, readFileSync(file, "utf8"), file);
    if ("problem" in identity) problem ??= identity;
    else found.push(identity);
  }
  if (found.length > 0) return oneAfterTheOther(found);
  if (problem) return problem;
  if (identityFiles !== undefined && identityFiles.length > 0)
    return {
      problem: `there is no key to log in with: none of ${identityFiles.join(", ")} is there: make one, or set connection.privateKey`,
    };
  return {
    problem: "there is no key to log in with: start an SSH agent, put a key into ~/.ssh, or set connection.privateKey",
  };
}

function withKey({ server }: Hop, key: string, name: string): Identity | { problem: string } {
  const parsed = utils.parseKey(key, server.privateKeyPassword);
  if (parsed instanceof Error)
    return {
      problem: /^[~./][^\n]*$/.test(key.trim())
        ? `${name} is a path: give the key's text, as fs.readFileSync reads it`
        : `${name} cannot be used: ${parsed.message}`,
    };
  return { methods: [{ type: "publickey", username: server.user, key: parsed }], tried: [name] };
}
