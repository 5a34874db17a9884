import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as agents from "../../provider/agent/channel/agent";
import type { Site } from "../../provider/agent/site";
import type * as engines from "../../provider/engine/engine";
import type { JailSession } from "../../provider/engine/session/jail-session";
import type * as ways from "../../provider/ssh/connections";

/** The product's own code, unchanged or changed. */
export interface Product {
  newSession(site: Site): JailSession;
  closeAll(): Promise<void>;
  /** The requests to agents, with the replies, since it was last emptied: they explain a loss. */
  readonly transcript: string[];
  /** Ends the transcript, and removes its files. */
  remove(): void;
}

/** A change of a copy of the product: this body replaces the function of this name. */
interface Change {
  readonly in: RegExp;
  readonly name: string;
  readonly body: string;
}

const repository = join(__dirname, "..", "..", "..");

export function product(): Product {
  return load(repository);
}

/** The agent says that it has sealed, and has not. */
const noSeal: Change = { in: /\.sh$/, name: "seal", body: `zone "$1" ''` };
/** The client does not look whether it has, and takes every name for one that stays what it is. */
const noGuards: Change[] = [
  { in: /\.js$/, name: "leftHot", body: "return [];" },
  { in: /\.js$/, name: "isStable", body: "return true;" },
];

/** A copy that seals nothing: against it the attacker has to win, or a campaign proves nothing. */
export const control = () => changed([noSeal, ...noGuards]);
/** A copy whose agent seals nothing, and whose client is unchanged. */
export const unsealed = () => changed([noSeal]);

function changed(changes: readonly Change[]): Product {
  const directory = mkdtempSync(join(tmpdir(), "chroot-race-"));
  for (const part of [join("dist", "provider"), join("provider", "agent")])
    cpSync(join(repository, part), join(directory, part), { recursive: true });
  symlinkSync(join(repository, "node_modules"), join(directory, "node_modules"));
  for (const change of changes) apply(directory, change);
  const copy = load(directory);
  const remove = () => {
    copy.remove();
    rmSync(directory, { recursive: true, force: true });
  };
  return { ...copy, remove };
}

function apply(directory: string, { in: files, name, body }: Change): void {
  const definition = new RegExp(`^((?:function )?${name}\\([^\\n]*\\) \\{)\\n[^]*?^\\}$`, "m");
  const all = ["dist", "provider"].flatMap((top) =>
    readdirSync(join(directory, top), { recursive: true, encoding: "utf8" }).map((path) => join(directory, top, path)),
  );
  const found = all.filter((file) => files.test(file) && definition.test(readFileSync(file, "latin1")));
  const [file] = found;
  if (file === undefined || found.length > 1)
    throw new Error(`${name} is defined in ${found.length} files, not in one`);
  const source = readFileSync(file, "latin1");
  writeFileSync(
    file,
    source.replace(definition, (_, head: string) => `${head}\n  ${body}\n}`),
    "latin1",
  );
}

function load(directory: string): Product {
  const provider = join(directory, "dist", "provider");
  const { Engine } = require(join(provider, "engine", "engine")) as typeof engines;
  const { Connections } = require(join(provider, "ssh", "connections")) as typeof ways;
  const { Agent } = require(join(provider, "agent", "channel", "agent")) as typeof agents;
  const connections = new Connections();
  const newSession = (site: Site) =>
    new Engine({ log: async () => {}, signal: new AbortController().signal, connections }).session(site);
  const closeAll = () => connections.close();
  return { newSession, closeAll, ...listen(Agent) };
}

function listen({ prototype }: typeof agents.Agent): Pick<Product, "transcript" | "remove"> {
  const transcript: string[] = [];
  const { request } = prototype;
  prototype.request = async function (line, data) {
    const reply = await request.call(this, line, data);
    const asked = `${line} ${JSON.stringify(data?.toString("latin1") ?? "")} -> ${reply.status} ${reply.error}`;
    const lines = reply.lines.map(([word, rest]) => `${word} ${rest}`);
    const lists = [...reply.lists].map(([name, { pieces, error }]) =>
      [`${name}: ${error}`, ...pieces].join("\n        "),
    );
    const entries = [...reply.entries].map(([path, live]) => `${path} ${JSON.stringify(live)}`);
    transcript.push([asked, ...lines, ...lists, ...entries].join("\n      "));
    return reply;
  };
  const remove = () => {
    prototype.request = request;
  };
  return { transcript, remove };
}
