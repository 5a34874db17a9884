import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type LabHost, startHost } from "../test/support/sshd";
import { root, www } from "./jail";
import { atMost, inTurn, ms, row, timed } from "./measure";

/**
 * `npm run bench:deliver [-- --rounds N --megabytes N]`: compares the delivery of a large file with `ssh host 'cat > f'` in the
 * same run. The provider's part runs in a separate process, as in a real `up`; both sides include the connection.
 */
const { values } = parseArgs({
  options: { rounds: { type: "string", default: "5" }, megabytes: { type: "string", default: "100" } },
});
const rounds = Number(values.rounds);
const bytes = Number(values.megabytes) * 1_000_000;

async function main(): Promise<void> {
  const host = await startHost({ accounts: { www } });
  try {
    const file = join(host.directory, "large");
    const peaks: number[] = [];
    const times = await inTurn(
      {
        async cat() {
          await fresh(host, file);
          return catOver(host, file);
        },
        async deliver() {
          await fresh(host, file);
          const { host: name, port, user, privateKey, hostKey } = host.connection;
          const connection = { host: name, port, user, privateKey, hostKey };
          const given = JSON.stringify({ connection, root, file });
          const { stdout } = await timed(process.execPath, [`${__dirname}/deliver-part.js`, given], process.env);
          const { milliseconds, peak } = JSON.parse(stdout);
          if ((await host.must(`sha256sum <${root}/large`)).split(" ")[0] !== (await sumOf(file)))
            throw new Error("another file has arrived");
          peaks.push(Number(peak) / 1024);
          return milliseconds;
        },
      },
      rounds,
    );
    const ratio = times.deliver / times.cat;
    console.log(`\n${values.megabytes} MB, medians of ${rounds} runs in turn`);
    row("a  ssh host 'cat > f'", ms(times.cat));
    row("b  JailFile: look, send, check, place, look", ms(times.deliver), `${ratio.toFixed(2)} a`, atMost(ratio, 1.5));
    const peak = Math.max(...peaks);
    row("   provider's memory at its peak", `${Math.round(peak)} MB`, "", atMost(peak, 200));
  } finally {
    await host.close();
  }
}

/** Makes a new file and an empty jail each time, because an unchanged file is not sent. */
async function fresh(host: LabHost, file: string): Promise<void> {
  await host.must(`rm -rf ${root} /var/lib/pulumi-chroot /srv/plain; mkdir -p ${root}`);
  // A child process makes the file: this process's peak memory would count as the peak of the processes it starts.
  await timed("sh", ["-c", `head -c ${bytes} /dev/urandom >"$0"`, file], process.env);
}

async function catOver({ port, hostKey, directory, privateKeyFile }: LabHost, file: string): Promise<number> {
  const known = join(directory, "known_hosts");
  writeFileSync(known, `[127.0.0.1]:${port} ${hostKey}\n`);
  const started = performance.now();
  const options = ["-F", "none", "-i", privateKeyFile, "-o", `UserKnownHostsFile=${known}`, "-o", "BatchMode=yes"];
  const child = spawn("ssh", [...options, "-p", String(port), "root@127.0.0.1", "cat > /srv/plain"], {
    stdio: ["pipe", "inherit", "inherit"],
  });
  createReadStream(file).pipe(child.stdin);
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (code !== 0) throw new Error(`ssh ended with ${String(code)}`);
  return performance.now() - started;
}

async function sumOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest("hex");
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
