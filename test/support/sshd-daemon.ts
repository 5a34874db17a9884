import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { LabRoot } from "../../scripts/lab/root";
import { freePort } from "./free-port";
import { SSHD_PATHS } from "./sshd-config";

const PORT_ATTEMPTS = 5;
const PATIENCE_MS = 10_000;

/** Starts a host's sshd on a port that the system chooses, and gives the port. */
export async function startOnFreePort(
  root: LabRoot,
  config: (port: number) => string,
  lacks: readonly string[] = [],
): Promise<number> {
  let outcome = "";
  for (let attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
    const port = await freePort();
    writeFileSync(root.path(SSHD_PATHS.config), config(port));
    outcome = await startListener(root, lacks);
    if (outcome === "listening") return port;
    // only another program that took the port meanwhile is worth another attempt
    if (!outcome.includes("Address already in use")) break;
  }
  throw new Error(`sshd did not start in a lab host: ${outcome}`);
}

/** Starts sshd as a daemon; returns `listening`, or the text of its log. */
export async function startListener(root: LabRoot, lacks: readonly string[] = []): Promise<string> {
  const before = sshdLog(root).length;
  rmSync(root.path(SSHD_PATHS.pid), { force: true });
  const dropped = lacks.map((capability) => `-${capability}`).join();
  const prefix = dropped === "" ? [] : ["setpriv", "--bounding-set", dropped, "--inh-caps", dropped];
  const { code, stderr } = await root.run([...prefix, root.sshd, "-f", SSHD_PATHS.config, "-E", SSHD_PATHS.log]);
  if (code !== 0) return stderr + sshdLog(root).slice(before);
  for (const start = Date.now(); Date.now() - start < PATIENCE_MS; await setTimeout(2)) {
    const log = sshdLog(root).slice(before);
    // the number is written after sshd listens, and cut needs it
    if (log.includes("Server listening on") && readPid(root) !== undefined) return "listening";
    if (log.includes("Cannot bind any address")) return log;
  }
  return `no answer in ${PATIENCE_MS} ms\n${sshdLog(root).slice(before)}`;
}

/** All that the host's sshd has logged. */
export function sshdLog(root: LabRoot): string {
  const path = root.path(SSHD_PATHS.log);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** The listening sshd's number in the host. */
export function readPid(root: LabRoot): number | undefined {
  const path = root.path(SSHD_PATHS.pid);
  const text = existsSync(path) ? readFileSync(path, "latin1").trim() : "";
  return text === "" ? undefined : Number(text);
}
