import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { ClientChannel } from "ssh2";
import { lockRegistry } from "../../provider/agent/requests/registry";
import { readScan } from "../../provider/agent/requests/scan";
import type { Site } from "../../provider/agent/site";
import { notCheckedError, unfinishedError } from "../../provider/engine/converge/resource-errors";
import { ChrootError, type ErrorCode, errorCodes } from "../../provider/errors";
import { finding } from "../../provider/intent/finding";
import type { Connection } from "../../provider/model/connection";
import { channelOver } from "../../provider/ssh/channel";
import { findRoute } from "../../provider/ssh/route";
import { makeKey } from "../../scripts/lab/keys";
import { observe, withAgent } from "../support/connections";
import { docs } from "../support/doc-page";
import { drive, type FileParts, type RuleParts } from "../support/driven";
import { siteOn } from "../support/jail-site";
import { account } from "../support/program";
import { newEngine } from "../support/session";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

const root = "/srv/jail";
const owner = { label: "Jail::jail" };
const strangeKey = makeKey("ed25519");

describe("docs/errors.md quotes four words or more of what is printed for", () => {
  let host: LabHost;
  const sockets: Socket[] = [];
  const deaf = createServer((socket) => sockets.push(socket));
  const hasty = createServer((socket) => socket.destroy());
  useHost(
    {
      accounts: {
        ...account,
        guest: { uid: 1001, gid: 1001 },
        admin: { uid: 1000, gid: 1000, home: "/", shell: "/bin/sh" },
      },
    },
    async (made) => {
      host = made;
      await host.must(`mkdir -p ${root} /srv/open/jail; chmod 0777 ${root} /srv/open
      ln -s /srv /srv/link`);
    },
  );
  beforeAll(async () => {
    for (const server of [deaf, hasty]) await once(server.listen(0, "127.0.0.1"), "listening");
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of [deaf, hasty]) server.close();
  });

  const see = (more: Partial<Connection>, path = root) => observe(siteOn(host, path, more));
  const at = (server: Server) => ({ port: (server.address() as AddressInfo).port });
  const driven = (rules: RuleParts, files: FileParts = {}, stop?: AbortController) => {
    const site = siteOn(host, root);
    return drive(site, {}, rules, files, [], newEngine(stop).session(site));
  };
  const firstError = async (outcomes: ReturnType<ReturnType<typeof driven>["up"]>) =>
    (await outcomes).find(({ error }) => error)?.error;
  const whileLocked = (site: Site) =>
    withAgent(site, async (agent) => {
      await lockRegistry(agent, "-x");
      await see({ perDialTimeout: 1.5 });
    });

  const errors: Readonly<Record<ErrorCode, () => unknown>> = {
    unreachable: () => see({ port: 1 }),
    dropped: () => see({ ...at(hasty), perDialTimeout: 1 }),
    "host-key": () => see({ hostKey: strangeKey.publicKey }),
    authentication: () => see({ privateKey: strangeKey.privateKey }),
    silent: () => see({ ...at(deaf), perDialTimeout: 0.2 }),
    cut: () => endOfChannel(),
    ended: () => see({ user: "guest" }),
    "not-root": () => see({ user: "admin" }),
    "unsafe-parent": () => see({}, "/srv/open/jail"),
    "not-a-directory": () => see({}, "/srv/link/jail"),
    busy: () => whileLocked(siteOn(host, root)),
    unsupported: () => {
      const path = host.path("/root/config");
      writeFileSync(path, "ProxyCommand nc %h %p\n");
      return findRoute({ host: "ns1" }, [{ path, folder: dirname(path), isChecked: false }]);
    },
    unreadable: () =>
      readScan({ status: 0, error: "", lines: [], entries: new Map(), lists: new Map() }, siteOn(host, root)),
    refused: () => firstError(driven({ one: { match: "x", owner: "bnid" } }).up()),
    stopped: () => {
      const stop = new AbortController();
      stop.abort();
      return driven({}, {}, stop).assess();
    },
    "not-converged": async () => {
      await host.must(`chmod 0777 ${root}`);
      const assessment = await driven({}).assess();
      const [difference] = assessment.plan.differences;
      return difference && unfinishedError(siteOn(host, root), assessment, difference.owner, []);
    },
    "not-checked": async () => {
      const assessment = await driven({}).assess();
      const unseen = finding("not-seen", { problem: "too-many-names", count: 9, names: 2, bytes: 1 }, { by: owner });
      return notCheckedError(
        siteOn(host, root),
        { ...assessment, plan: { ...assessment.plan, findings: [unseen] } },
        owner,
      );
    },
    operation: () => firstError(driven({}, { one: { path: "one", content: "1", validate: ["false", "{file}"] } }).up()),
  };

  for (const code of errorCodes)
    test(code, async () => {
      const error = await thrown(errors[code]);
      expect(error).toMatchObject({ code });
      // A preview prints the reason and the remedy alone.
      expect(sharedRuns(error.why, quotesOf(code))).not.toStrictEqual([]);
    });
});

async function thrown(work: () => unknown): Promise<ChrootError> {
  const result = await new Promise((resolve) => resolve(work())).catch((error: unknown) => error);
  if (result instanceof ChrootError) return result;
  throw new Error(`no error of the catalogue: ${result}`);
}

/** The error of an agent's channel that closes without an exit status. */
function endOfChannel(): Promise<ChrootError> {
  const stream = Object.assign(new PassThrough(), { stderr: new PassThrough() }) as unknown as ClientChannel;
  const channel = channelOver(stream, { host: "ns1" }, [], () => undefined);
  return new Promise((resolve) => {
    channel.onEnd(resolve);
    stream.emit("close");
  });
}

/** The messages that the section of a code quotes. */
function quotesOf(code: ErrorCode): string[] {
  const page = readFileSync(join(docs, "errors.md"), "utf8");
  const section = page.split(/^(?=##+ )/m).find((part) => part.startsWith(`### ${code}\n`)) ?? "";
  return [...section.matchAll(/^> `(.*)`$/gm)].map(([, quote = ""]) => quote);
}

/** The runs of four words of a text that stand in one of the quotes, too. */
function sharedRuns(text: string, quotes: readonly string[]): string[] {
  const words = text.split(/\s+/);
  const runs = words.slice(3).map((_, at) =>
    words
      .slice(at, at + 4)
      .join(" ")
      .replace(/[;,:]$/, ""),
  );
  return runs.filter((run) => quotes.some((quote) => quote.includes(run)));
}
