import { existsSync } from "node:fs";
import type { AnyAuthMethod } from "ssh2";
import { type FileKey, KeyRing } from "./key-ring";
import { readLocalFile } from "./local-file";
import { parsePrivateKey, publicHalf } from "./private-key";
import type { Hop } from "./route";

/** A way to log in: the methods for ssh2, and their names for messages, without key material. */
export interface Identity {
  readonly methods: AnyAuthMethod[];
  readonly tried: readonly string[];
  /** The keys of this machine, where none is declared. */
  readonly ring?: KeyRing;
  /** Questions of the host that have no answer here. */
  readonly questions: readonly string[];
}

/**
 * The declared key, key file and password alone; else the agent and the key files, as ssh has them. Agent and files are read at
 * the time of use, so that state never holds them.
 */
export function identityFor(hop: Hop): Identity | { readonly problem: string } {
  const { server, without } = hop;
  const { user: username, privateKey, privateKeyFile, privateKeyPassword, password } = server;
  const methods: AnyAuthMethod[] = [];
  const tried: string[] = [];
  const questions: string[] = [];
  if (privateKey !== undefined) {
    const key = parsePrivateKey(privateKey, privateKeyPassword);
    if (typeof key === "string") return { problem: `connection.privateKey ${key}` };
    methods.push({ type: "publickey", username, key });
    tried.push("connection.privateKey");
  }
  const named = privateKeyFile === undefined ? undefined : ofDeclaredFile(hop);
  if (named !== undefined && "problem" in named) return named;
  methods.push(...(named?.methods ?? []));
  tried.push(...(named?.tried ?? []));
  if (password !== undefined && !without.has("password")) {
    methods.push({ type: "password", username, password });
    tried.push("the password");
  }
  if (password !== undefined && !without.has("keyboard-interactive")) {
    methods.push(answering(username, password, questions));
    tried.push("the password, when asked");
  }
  if (methods.length > 0) return { methods, tried, questions, ...(named?.ring ? { ring: named.ring } : {}) };
  if (without.has("publickey"))
    return { problem: "the SSH client's configuration allows no key, and no password is declared" };
  return ofThisMachine(hop);
}

/** Answers a question for the password only: another one, as for a code, has no answer here. */
function answering(username: string, password: string, questions: string[]): AnyAuthMethod {
  return {
    type: "keyboard-interactive",
    username,
    prompt(_name, _instructions, _language, prompts, finish) {
      const isPassword = ({ prompt, echo }: (typeof prompts)[number]) => echo !== true && /pass/i.test(prompt);
      questions.push(...prompts.filter((question) => !isPassword(question)).map(({ prompt }) => prompt));
      finish(prompts.map((question) => (isPassword(question) ? password : "")));
    },
  };
}

/** The key of connection.privateKeyFile: the file signs, or the agent that has its key. A file that no login can use is told at once. */
function ofDeclaredFile(hop: Hop): Identity | { problem: string } {
  const [path = ""] = hop.identityFiles;
  const [file] = keyFiles(hop);
  const name = `connection.privateKeyFile, ${path},`;
  if (file === undefined) return { problem: `${name} is not there: correct the path, or make the key` };
  if (typeof file.key === "string" && file.half === undefined) return { problem: `${name} ${file.key}` };
  return ofThisMachine(hop);
}

function ofThisMachine(hop: Hop): Identity | { problem: string } {
  const { server, agent, identityFiles, areNamed } = hop;
  const { agentSocketPath, privateKeyFile } = server;
  if (agentSocketPath !== undefined && (agent === undefined || !existsSync(agent)))
    return { problem: `there is no SSH agent at connection.agentSocketPath, ${agentSocketPath}` };
  const all = keyFiles(hop);
  // A key that only the agent has may have its public half in a file. With a declared agent the files only name its keys.
  const isAgents = agentSocketPath !== undefined && privateKeyFile === undefined;
  const own = isAgents ? [] : all.filter(({ isThere }) => isThere);
  if (agent === undefined && own.length === 0) return { problem: nothing(areNamed ? identityFiles : []) };
  const { algorithms, requiredRsaSize, identitiesOnly: only } = hop;
  const ring = new KeyRing({ agent, named: all, files: own, only, algorithms: algorithms.pubkey, requiredRsaSize });
  const tried = [...(agent === undefined ? [] : [`the SSH agent at ${agent}`]), ...own.map(({ path }) => path)];
  return { methods: [{ type: "agent", username: server.user, agent: ring }], tried, ring, questions: [] };
}

/** The files of a hop's keys that are there, or whose public half is. */
function keyFiles({ server, identityFiles }: Hop): (FileKey & { readonly isThere: boolean })[] {
  return identityFiles.flatMap((path) => {
    const [file, more] = [readLocalFile(path), readLocalFile(`${path}.pub`)];
    if (file === undefined && more === undefined) return [];
    const text = file && "text" in file ? file.text : undefined;
    const why = file && "why" in file ? file.why : "is not there";
    const key = text === undefined ? why : parsePrivateKey(text, server.privateKeyPassword);
    // The public half in the key itself counts: the file beside it may belong to another key.
    const beside = more && "text" in more ? more.text : undefined;
    const half = typeof key === "string" ? publicHalf(text, beside) : key.getPublicSSH();
    return [{ path, half, key, isThere: file !== undefined }];
  });
}

function nothing(named: readonly string[]): string {
  return named.length > 0
    ? `there is no key to log in with: none of ${named.join(", ")} is there: make one, or set connection.privateKey`
    : "there is no key to log in with: start an SSH agent, put a key into ~/.ssh, or set connection.privateKey";
}
