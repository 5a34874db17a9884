import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { enter } from "../provider/agent/requests/enter";
import { closeAll, withAgent } from "../test/support/connections";
import { fill } from "../test/support/program";
import { type LabHost, startHost } from "../test/support/sshd";
import { type Stack, startStack } from "../test/support/stack";
import { www } from "./jail";
import { atMost, inTurn, ms, row, timed } from "./measure";

/** `npm run bench:hosts [-- --hosts N --rounds N]`: compares a connection, and a preview of a jail on each of N hosts, with ssh. */
const { values } = parseArgs({
  options: { hosts: { type: "string", default: "100" }, rounds: { type: "string", default: "5" } },
});
const count = Number(values.hosts);
const rounds = Number(values.rounds);
/** A careful admin starts this many ssh commands at once. */
const width = 64;

/** Each address stands for a host. One sshd listens on at most 16 addresses, so several run. */
const addresses = Array.from(
  { length: count },
  (_, index) => `127.0.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`,
);

async function main(): Promise<void> {
  const host = await startHost({ accounts: { www }, sshdConfig: ["MaxStartups 1000"] });
  try {
    await host.must(`for i in $(seq 0 ${count - 1}); do mkdir -p /srv/jail$i/etc /srv/jail$i/lib
      for f in $(seq 100); do : >/srv/jail$i/lib/$f; done; done`);
    await listen(host);
    const stack = await startStack({ project: "hosts" });
    const empty = await startStack({ project: "empty" });
    try {
      const env = keys(host, stack);
      stack.program((chroot, { jails }) => {
        for (const [name, args] of Object.entries(jails)) new chroot.Jail(name, args as never);
      }, declared(host));
      empty.program(() => undefined);
      for (const each of [stack, empty]) await succeed(each.up("--parallel", "64"));
      const login = [
        "-F",
        "none",
        "-i",
        host.privateKeyFile,
        "-o",
        `UserKnownHostsFile=${env.known}`,
        "-p",
        String(host.port),
      ];
      const ssh = (address: string, command: string) =>
        timed("ssh", [...login, `root@${address}`, command], process.env);
      const times = await inTurn(
        {
          async ssh() {
            return (await ssh("127.0.0.1", "true")).milliseconds;
          },
          async reply() {
            const started = performance.now();
            await withAgent({ connection: host.connection, root: "/srv/jail0" }, (agent) => enter(agent));
            const milliseconds = performance.now() - started;
            await closeAll();
            return milliseconds;
          },
          async finds() {
            const started = performance.now();
            const left = addresses.map(
              (address, index) => [address, `find /srv/jail${index} -printf '%p %m %U %G\\0'`] as const,
            );
            const one = async () => {
              for (let next = left.shift(); next; next = left.shift()) await ssh(...next);
            };
            await Promise.all(Array.from({ length: width }, one));
            return performance.now() - started;
          },
          empty: () => preview(empty),
          preview: () => preview(stack),
        },
        rounds,
      );
      console.log(
        `\n${count} hosts, a jail of 100 entries on each; nothing differs; medians of ${rounds} runs in turn`,
      );
      row("a  ssh host true", ms(times.ssh));
      const reply = times.reply / times.ssh;
      row("b  connect and the agent's first reply", ms(times.reply), `${reply.toFixed(2)} a`, atMost(reply, 1));
      row(`c  ssh host find, ${width} at once`, ms(times.finds));
      row("   pulumi preview of an empty program", ms(times.empty));
      const ratio = times.preview / times.finds;
      row("d  pulumi preview of all jails", ms(times.preview), `${ratio.toFixed(2)} c`, atMost(ratio, 1.3));
    } finally {
      stack.remove();
      empty.remove();
    }
  } finally {
    await host.close();
  }
}

async function listen(host: LabHost): Promise<void> {
  await host.must("grep -v -e ^ListenAddress -e ^PidFile /etc/ssh/sshd_config >/etc/ssh/sshd_more");
  for (let from = 0; from < addresses.length; from += 16) {
    const options = addresses.slice(from, from + 16).map((address) => `-o ListenAddress=${address}`);
    await host.must(`/usr/sbin/sshd -f /etc/ssh/sshd_more -o PidFile=none ${options.join(" ")}`);
  }
}

function declared(host: LabHost): ReturnType<typeof fill> {
  const jail = (address: string, index: number) => ({
    connection: { host: address, port: host.port },
    root: `/srv/jail${index}`,
    adopt: true,
  });
  return fill({ jails: Object.fromEntries(addresses.map((address, index) => [`jail${index}`, jail(address, index)])) });
}

/** Gives the stack's user a key in ~/.ssh and the hosts in known_hosts. */
function keys(host: LabHost, stack: Stack): { known: string } {
  const ssh = join(stack.directory, "home", ".ssh");
  const known = join(ssh, "known_hosts");
  mkdirSync(ssh, { mode: 0o700 });
  writeFileSync(join(ssh, "id_ed25519"), host.privateKey, { mode: 0o600 });
  const lines = ["127.0.0.1", ...addresses].map((address) => `[${address}]:${host.port} ${host.hostKey}\n`);
  writeFileSync(known, lines.join(""));
  return { known };
}

async function preview(of: Stack): Promise<number> {
  const started = performance.now();
  await succeed(of.preview("--expect-no-changes"));
  return performance.now() - started;
}

async function succeed(ran: ReturnType<Stack["up"]>): Promise<void> {
  const { code, output } = await ran;
  if (code !== 0) throw new Error(output);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
