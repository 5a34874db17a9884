import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { atMost, inTurn, ms, row } from "../measure";

const checkout = join(__dirname, "..", "..", "..");
const servers = {
  dynamic: require.resolve("@pulumi/pulumi/cmd/dynamic-provider"),
  plugin: join(checkout, "plugin", "pulumi-resource-chroot"),
};
const goal = 0.3;

/** Compares the times from a server's start until it tells its port. */
export async function compareStarts(rounds: number): Promise<void> {
  const of = (server: string) => () => startTime(server);
  const times = await inTurn({ dynamic: of(servers.dynamic), plugin: of(servers.plugin) }, rounds);
  const ratio = times.plugin / times.dynamic;
  console.log("The start of a server, until it tells its port");
  row("start of the dynamic provider", ms(times.dynamic));
  row("start of the plugin", ms(times.plugin), `${ratio.toFixed(2)} dynamic`, atMost(ratio, goal));
}

async function startTime(server: string): Promise<number> {
  const started = performance.now();
  // The address of an engine: neither of them calls it before its first request.
  const child = spawn(process.execPath, [server, "127.0.0.1:1"], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  const milliseconds = performance.now() - started;
  child.kill("SIGKILL");
  await once(child, "close");
  return milliseconds;
}
