import { registryName } from "../../agent/site";
import { expectationOf } from "../../intent/expectation";
import { type FileClaim, onHost, textWish } from "../../intent/file-claim";
import { type Finding, finding } from "../../intent/finding";
import type { HostLimit } from "../../intent/host-limit";
import type { DeclaredJail, Merged } from "../../intent/merge";
import type { LogSocketProblem, SourceProblem } from "../../intent/mount-problem";
import type { RegistryRecord } from "../../intent/registry-record";
import { type Bytes, bytesOf, fromWire, utf8Of } from "../../model/bytes";
import { journalSocket } from "../../model/mount";
import type { FileFacts, HostPlace } from "../../observe/file-facts";
import type { Observation } from "../../observe/observation";
import type { Mounting } from "../../plan/contents/mounts";
import { rsyslogFragment } from "../../render/host-files/rsyslog";
import { mountPointProblem } from "./mount-points";

/** The files and mounts that a jail's log socket needs, and the places to ask the host about. */
interface LogSocketNeeds extends Pick<Mounting, "listener" | "unheard"> {
  readonly files: readonly FileClaim[];
  readonly places: readonly Bytes[];
}

const rsyslogd = fromWire("/usr/sbin/rsyslogd");

export function logSocketNeeds(
  jail: DeclaredJail,
  records: readonly RegistryRecord[],
  mounted: Observation["mounted"],
  root: string,
): LogSocketNeeds {
  const { owner: by } = jail;
  const { logSocket } = jail.intent;
  const fragment = rsyslogFragmentPath(root);
  const isRelayed = logSocket?.from === "syslog";
  const wasRelayed = records.some(({ token, relayed }) => token === by.token && relayed === true);
  const left = wasRelayed && !isRelayed ? { unheard: { by, fragment } } : {};
  const leftPlaces = left.unheard ? [fragment] : [];
  if (!logSocket) return { ...left, files: [], places: leftPlaces };
  const { at, reason, mount } = logSocket;
  const here = onHost(bytesOf(root), at);
  const socket = mount?.is.type === "bind" ? mount.is.source : here;
  const content = textWish(isRelayed ? rsyslogFragment(root, utf8Of(at), by, reason) : "");
  const file: FileClaim = isRelayed
    ? { by, reason, at: fragment, is: { type: "file", mode: 0o644, content } }
    : { by, reason, at, is: { type: "file", content } };
  return {
    ...left,
    listener: { by, reason, at, socket, isRelayed },
    // A mount hides its mount point.
    files: mount && mounted?.has(at) ? [] : [file],
    places: [...leftPlaces, ...(isRelayed ? [here, rsyslogd] : [])],
  };
}

/** The rsyslog fragment of a jail's log socket on the host. */
export function rsyslogFragmentPath(root: string): Bytes {
  return fromWire(`/etc/rsyslog.d/pulumi-chroot-${registryName(root)}.conf`);
}

/** Why a socket of the host cannot be bound. */
export function socketProblem(source: Bytes, { live, unsafe, listener }: HostPlace): SourceProblem | undefined {
  if (live?.type === "link") return { problem: "socket-link", source, isToJournal: live.target === journalSocket };
  if (unsafe && unsafe.problem !== "directory-missing") return { problem: "source-unsafe", source, place: unsafe };
  if (!live) return { problem: "socket-missing", source, isJournal: source === journalSocket };
  if (live.type !== "socket") return { problem: "socket-unfit", source, type: live.type };
  return listener === "other" ? { problem: "socket-no-datagram", source } : undefined;
}

/** Why rsyslog cannot make its socket in the jail, or which declared mount hides the socket. */
export function logRefusals(
  { listener }: Pick<Mounting, "listener">,
  { jail, intent }: Merged,
  observation: Observation,
): Finding[] {
  if (!listener || !jail) return [];
  const { at, by, socket, isRelayed } = listener;
  const over = jail.intent.mounts.find((mount) => `${at}/`.startsWith(`${mount.at}/`))?.at;
  const problems: readonly (LogSocketProblem | undefined)[] = [
    over === undefined ? undefined : { problem: "mounted-over", mount: over },
    ...(isRelayed
      ? [
          mountPointProblem({ at, claims: [], jail: jail.intent }, { expectation: expectationOf(intent), observation }),
          relayProblem(at, socket, observation),
        ]
      : []),
  ];
  const first = problems.find((problem) => problem !== undefined);
  return first ? [finding("log-socket-unfit", first, { at, by })] : [];
}

/** The name of a socket has a maximum length (unix(7)). */
const longestName = 107;

function relayProblem(at: Bytes, socket: Bytes, { entries, files }: Observation): LogSocketProblem | undefined {
  if (socket.length > longestName) return { problem: "name-too-long", socket, longest: longestName };
  if (entries.get(at)?.type === "directory") return { problem: "directory-there" };
  return files?.places.get(rsyslogd)?.live ? undefined : { problem: "rsyslog-missing", program: rsyslogd };
}

/** The facts about the socket that cannot be checked. */
export function logGaps({ listener }: Pick<Mounting, "listener">, { places }: FileFacts): HostLimit[] {
  return listener && places.get(listener.socket)?.listener === "unknown"
    ? [{ problem: "listener-unknown", at: listener.at }]
    : [];
}
