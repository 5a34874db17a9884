import type { Agent } from "../agent/agent";
import { putRecords } from "../agent/apply";
import type { Requests } from "../agent/chain";
import { proveSocket, restartRelay } from "../agent/log-socket";
import { PutError, removeFile } from "../agent/put";
import { registryName, type Site } from "../agent/site";
import type { Declaration, RegistryRecord } from "../intent/declaration";
import { expected } from "../intent/expected";
import { type FileClaim, onHost, textWish } from "../intent/file-claim";
import type { Merged, Refusal } from "../intent/merge";
import { type Bytes, bytesOf, fromWire, show } from "../model/bytes";
import type { FileFacts, HostPlace } from "../observe/files";
import type { Observation } from "../observe/observation";
import type { Difference } from "../plan/difference";
import type { Mounting } from "../plan/mounts";
import type { Step } from "../plan/steps";
import { rsyslogFragment } from "../render/rsyslog";
import type { JailInputs } from "../resources/jail/args";
import { journalSocket, type LogSocket, logMounts, logPath } from "../resources/jail/log-socket";
import { placeProblem } from "./mount-place";
import { differencesOf, type View } from "./view";

/** What a jail's log socket needs, and what is to be known of it. */
interface Hearing extends Pick<Mounting, "listener" | "unheard"> {
  readonly files: readonly FileClaim[];
  readonly places: readonly Bytes[];
}

const rsyslogd = fromWire("/usr/sbin/rsyslogd");

export function hearingOf(
  jail: Declaration,
  records: readonly RegistryRecord[],
  mounted: Observation["mounted"],
  root: string,
): Hearing {
  const { owner: by } = jail;
  const { logSocket } = jail.args as Partial<JailInputs>;
  const fragment = fragmentPlace(root);
  const isRelayed = logSocket?.from === "syslog";
  const wasRelayed = records.some(({ token, relayed }) => token === by.token && relayed === true);
  const left = wasRelayed && !isRelayed ? { unheard: { by, fragment } } : {};
  const leftPlaces = left.unheard ? [fragment] : [];
  if (!logSocket) return { ...left, files: [], places: leftPlaces };
  const { reason } = logSocket;
  const at = bytesOf(logPath(logSocket));
  const here = onHost(bytesOf(root), at);
  const [mount] = logMounts(logSocket, by);
  const socket = mount?.is.type === "bind" ? mount.is.source : here;
  const content = textWish(isRelayed ? rsyslogFragment(root, logPath(logSocket), by, reason) : "");
  const file: FileClaim = isRelayed
    ? { by, reason, at: fragment, is: { type: "file", mode: 0o644, content } }
    : { by, reason, at, is: { type: "file", content } };
  return {
    ...left,
    listener: { by, reason, at, socket, isRelayed },
    // What something is mounted on is seen no more.
    files: mount && mounted?.has(at) ? [] : [file],
    places: [...leftPlaces, ...(isRelayed ? [here, rsyslogd] : [])],
  };
}

/** What tells the host's rsyslog of a jail. */
export function fragmentPlace(root: string): Bytes {
  return fromWire(`/etc/rsyslog.d/pulumi-chroot-${registryName(root)}.conf`);
}

/** Why a socket of the host cannot be bound. */
export function socketProblem(path: Bytes, { live, unsafe, missing, listener }: HostPlace): string | undefined {
  const name = `its source ${show(path)}`;
  if (live?.type === "link")
    return `${name} is a link: declare ${live.target === journalSocket ? 'from: "journald"' : "the path that it points to"}`;
  if (unsafe !== undefined && missing === undefined) return `${name} ${unsafe}`;
  if (!live) {
    const other = path === journalSocket ? 'declare from: "syslog", or the path of a socket' : "correct the path";
    return `${name} is not there: start the daemon that makes it, or ${other}`;
  }
  if (live.type !== "socket") return `${name} is a ${live.type}: declare a datagram socket`;
  return listener === "other" ? `${name} is no datagram socket: declare one that syslog lines are sent to` : undefined;
}

/** Why rsyslog cannot make a socket in the jail, or none can be in a place where something else is mounted. */
export function logRefusals(
  { listener }: Pick<Mounting, "listener">,
  { jail, intent }: Merged,
  observation: Observation,
): Refusal[] {
  if (!listener || !jail) return [];
  const { at, by: owner, socket, isRelayed } = listener;
  const args = jail.args as Partial<JailInputs>;
  const over = Object.keys(args.mounts ?? {}).find((path) => `${at}/`.startsWith(`${bytesOf(path)}/`));
  const why = [
    over === undefined ? undefined : `${over} is declared as a mount: give logSocket a path of the jail itself`,
    ...(isRelayed
      ? [placeProblem(at, [], args, expected(intent), observation), relayProblem(at, socket, observation)]
      : []),
  ].find((text) => text !== undefined);
  return why === undefined ? [] : [{ owner, why: `there is no log socket at ${show(at)}: ${why}` }];
}

/** A name of a socket has an end (unix(7)). */
const longestName = 107;

function relayProblem(at: Bytes, socket: Bytes, { entries, files }: Observation): string | undefined {
  if (socket.length > longestName)
    return `${show(socket)} is longer than the ${longestName} bytes that a socket can be named with: declare a shorter path or root`;
  if (entries.get(at)?.type === "directory") return "it is a directory: remove it, or declare another path";
  return files?.places.get(rsyslogd)?.live
    ? undefined
    : `the host has no ${rsyslogd}: install rsyslog, or declare from: "journald" or the path of the socket that its syslog daemon listens at`;
}

/** What cannot be known of the socket. */
export function logGaps({ listener }: Pick<Mounting, "listener">, { places }: FileFacts): string[] {
  return listener && places.get(listener.socket)?.listener === "unknown"
    ? [`/proc/net/unix cannot be read: nobody knows whether somebody listens at ${show(listener.at)}`]
    : [];
}

/**
 * Before rsyslog is told something else its socket goes: whoever is cut then finds that nobody listens, and has rsyslog started again.
 */
export async function hush(
  agent: Agent,
  site: Site,
  { merged, observation }: View,
  placing: readonly Step[],
): Promise<void> {
  const { logSocket } = (merged.jail?.args ?? {}) as Partial<JailInputs>;
  const at = logSocket && bytesOf(logPath(logSocket));
  if (at === undefined || !placing.some(({ path }) => path === fragmentPlace(site.root))) return;
  if (observation.entries.get(at)?.type === "socket") await removed(agent, at);
}

/** Has the host's rsyslog listen where nobody does. Gives what went wrong. */
export async function beginRelay(agent: Agent, site: Site, differences: readonly Difference[]): Promise<string[]> {
  const errors = differences.map(({ path, silence }) => {
    if (silence?.of === "host") return ["start the daemon that is to listen there"];
    return silence?.of === "relay" ? restartRelay(agent, path, fragmentPlace(site.root)) : [];
  });
  return (await Promise.all(errors)).flat();
}

/** Has it know nothing of a jail any more. */
export async function endRelay(agent: Agent, site: Site): Promise<string[]> {
  const fragment = fragmentPlace(site.root);
  const errors = await removed(agent, fragment);
  return [...errors, ...(await restartRelay(agent, fromWire("."), fragment))];
}

/** Removes a file, and gives what keeps it there. */
async function removed(agent: Agent, path: Bytes): Promise<string[]> {
  try {
    await removeFile(agent, path);
    return [];
  } catch (error) {
    if (error instanceof PutError) return [`${show(path)} cannot be removed: ${error.message}`];
    throw error;
  }
}

/** Sends a line through the log socket of each Jail that has converged; one that it does not come out of has failed. */
export async function proveLogs(
  agent: Agent,
  site: Site,
  jobs: readonly { readonly declaration: Declaration }[],
  view: View,
  failed: Map<string, { at: Bytes; why: string }>,
): Promise<View> {
  let { records } = view.observation;
  for (const { declaration } of jobs) {
    const { owner, args } = declaration;
    const { logSocket } = args as Partial<JailInputs>;
    const isLeft = differencesOf(view, owner).some(({ silence, mount }) => silence ?? mount);
    if (!logSocket || isLeft || failed.has(owner.label)) continue;
    // The record says so once it is proved.
    const chain = agent.chain();
    const proving = unproved(chain, logSocket);
    const record = records.find(({ token }) => token === owner.token);
    const { unproved: isUnproved, ...proved } = record ?? {};
    const writing = record && isUnproved ? putRecords(chain, site, [proved as RegistryRecord]) : undefined;
    writing?.catch(() => undefined);
    const why = await proving;
    if (why !== undefined) failed.set(owner.label, { at: bytesOf(logPath(logSocket)), why });
    if (why !== undefined || !writing) continue;
    await writing;
    records = records.map((one) => (one === record ? (proved as RegistryRecord) : one));
  }
  return { ...view, observation: { ...view.observation, records } };
}

async function unproved(to: Requests, logSocket: LogSocket): Promise<string | undefined> {
  const { foundIn } = logSocket;
  const found = await proveSocket(to, bytesOf(logPath(logSocket)), bytesOf(foundIn ?? ""));
  if (typeof found === "object") return `no line could be sent to it: ${found.why}`;
  if (found) return undefined;
  const [where, remedy] =
    foundIn === undefined
      ? ["the journal, logread or the usual files of /var/log", "say with foundIn where the host's log goes"]
      : [foundIn, "correct foundIn, or see to the host's log"];
  return `a line sent to it was not found in ${where}: ${remedy}`;
}
