import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type LabHost, startHost } from "../test/support/sshd";
import { type Stack, startStack } from "../test/support/stack";
import { bareFind, declaration, makeTree, settle, www } from "./jail";
import { atMost, inTurn, median, ms, row, succeed, timed } from "./measure";

/** `npm run bench [-- --entries N --rounds N]`: compares a preview of a large jail with a bare find over ssh. */
const { values } = parseArgs({
  options: { entries: { type: "string", default: "10000" }, rounds: { type: "string", default: "5" } },
});
const entries = Number(values.entries);
const rounds = Number(values.rounds);

const goal = { ratio: 1.5, provider: 128, rule: 2048 };

async function main(): Promise<void> {
  const host = await startHost({ accounts: { www } });
  try {
    const { directories } = makeTree(host, entries);
    await settle(host);
    const stack = await startStack({ project: "bench" });
    const empty = await startStack({ project: "empty" });
    try {
      giveKey(host, stack);
      stack.program((chroot, { jails, rules }) => {
        const jail = new chroot.Jail("jail", jails["jail"] as never);
        for (const [name, rule] of Object.entries(rules)) new chroot.PermissionRule(name, { ...rule, jail });
      }, declaration(host.port));
      empty.program(() => undefined);
      for (const each of [stack, empty]) await succeed(each.up());
      const size = `${entries.toLocaleString("en-US")} entries, ${directories.toLocaleString("en-US")} of them directories`;
      console.log(`A jail of ${size}; nothing differs; medians of ${rounds} runs in turn`);
      const { runs, observed } = parts(host, stack, empty);
      report({ ...(await inTurn(runs, rounds)), observed: median(observed) });
      sizes(stack);
    } finally {
      stack.remove();
      empty.remove();
    }
  } finally {
    await host.close();
  }
}

/** Gives the stack's user a key in ~/.ssh and the host in known_hosts, so that the state holds no key. */
function giveKey(host: LabHost, stack: Stack): void {
  const ssh = join(stack.directory, "home", ".ssh");
  mkdirSync(ssh, { mode: 0o700 });
  writeFileSync(join(ssh, "id_ed25519"), host.privateKey, { mode: 0o600 });
  writeFileSync(join(ssh, "known_hosts"), `[127.0.0.1]:${host.port} ${host.hostKey}\n`);
}

function parts(host: LabHost, stack: Stack, empty: Stack) {
  const { HOME = "" } = stack.env;
  const env = { ...process.env, HOME, SSH_AUTH_SOCK: "" };
  const known = ["-o", `UserKnownHostsFile=${join(HOME, ".ssh", "known_hosts")}`, "-o", "StrictHostKeyChecking=yes"];
  const login = ["-F", "none", "-i", host.privateKeyFile, ...known, "-p", String(host.port), "root@127.0.0.1"];
  const own = [join(__dirname, "provider-part.js"), JSON.stringify(declaration(host.port))];
  const observed: number[] = [];
  const preview = async (of: Stack) => {
    const started = performance.now();
    await succeed(of.preview("--expect-no-changes"));
    return performance.now() - started;
  };
  const runs = {
    async find() {
      const { milliseconds, stdout } = await timed("ssh", [...login, bareFind()], env);
      expectEntries(stdout.split("\0").length >> 1);
      return milliseconds;
    },
    async provider() {
      const { stdout } = await timed(process.execPath, own, env);
      const { milliseconds, observed: first, entries: seen, differing } = JSON.parse(stdout);
      observed.push(first);
      expectEntries(seen);
      if (differing !== 0) throw new Error(`${differing} paths differ`);
      return milliseconds;
    },
    empty: () => preview(empty),
    preview: () => preview(stack),
  };
  return { runs, observed };
}

function expectEntries(seen: number): void {
  if (seen !== entries) throw new Error(`${seen} entries were seen instead of ${entries}`);
}

function report(times: Readonly<Record<"find" | "provider" | "observed" | "empty" | "preview", number>>): void {
  const ratio = times.provider / times.find;
  row("a  ssh host find -printf, read to its end", ms(times.find));
  row("b  the provider: connect, scan, plan", ms(times.provider), `${ratio.toFixed(2)} a`, atMost(ratio, goal.ratio));
  row("   of which connect and scan", ms(times.observed));
  row("   pulumi preview of an empty program", ms(times.empty));
  const more = `${(times.preview / times.empty).toFixed(2)} empty`;
  row("c  pulumi preview of the jail and 5 rules", ms(times.preview), more);
  row("   c beyond the empty program", ms(times.preview - times.empty));
}

function sizes(stack: Stack): void {
  const resources = stack.resources().filter(({ type }) => type.includes("chroot:"));
  const provider = Math.max(...resources.map(({ outputs }) => Buffer.byteLength(String(outputs["__provider"]))));
  const rules = resources.filter(({ type }) => type.endsWith(":PermissionRule"));
  const rule = Math.max(...rules.map((resource) => Buffer.byteLength(JSON.stringify(resource))));
  row("__provider in the state", `${provider} B`, "", atMost(provider, goal.provider));
  row("state of a rule, the largest", `${rule} B`, "", atMost(rule, goal.rule - 1));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
