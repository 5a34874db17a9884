import { bytesOf, show } from "../../model/bytes";
import { type Launch, limitNames } from "../../model/launch";
import { formatMode } from "../../model/mode";
import { escapeMountinfo } from "../../model/mount";
import { byteVariables, quote } from "../shell";

/** The fixed text of a launcher, beside the declaration. agent/ reads it. */
export interface LauncherParts {
  /** The first lines: comments with the purpose and usage, and the settings of the shell. */
  readonly head: string;
  /** Functions that define the words of the declaration, and that start the daemon. */
  readonly engine: string;
}

const line = "--- How it is done. Nothing below this line is about this daemon. ---";

/** The script that starts a daemon in its jail: POSIX sh, with the reasons as comments, and numbers for all names. */
export function launcherScript(launch: Launch, { head, engine }: LauncherParts): string {
  const { root, rootWriter = "", mounts, uid, gid, groups } = launch;
  const kept = Object.entries(launch.capabilities);
  const environment = Object.entries(launch.environment).map(([name, value]) => `${name}=${value}`);
  const limits = limitNames.flatMap((name) => {
    const value = launch.limits[name];
    return value === undefined ? [] : [`--${name}=${value}:${value}`];
  });
  const declared = [
    `JAIL=${word(root)} WRITER='${rootWriter}'`,
    `MOUNTS=${word(mounts.map((path) => escapeMountinfo(`${root}/${path}`)).join(" "))}`,
    `DAEMON=${uid} GROUP=${gid} MORE_GROUPS='${groups.map((group) => `+${group}`).join()}'`,
    `UMASK=${formatMode(launch.umask)} LIMITS='${limits.join(" ")}'`,
    ...kept.map(([name, reason]) => comment(`It keeps ${name}: ${text(reason)}`)),
    `KEPT=${word(kept.map(([name]) => `,+${name}`).join(""))}`,
    comment(
      "started COMMAND…: becomes the command, with the daemon's environment and nothing else, and the daemon behind it.",
    ),
    "started() {",
    `  exec "$ENV_TOOL" $SIGNALS -i ${environment.map(word).join(" ")} \\`,
    `    "$@" ${launch.command.map(word).join(" ")}`,
    "}",
  ].join("\n");
  const about = [comment(`${text(launch.label)}, in the jail ${text(root)}.`), comment(text(launch.reason))];
  return [head, ...about, ...byteVariables(declared), declared, "", comment(line), engine].join("\n");
}

function word(of: string): string {
  return quote(bytesOf(of));
}

/** A person's text as one line without control characters. */
function text(of: string): string {
  return show(bytesOf(of));
}

function comment(of: string): string {
  return `# ${of}`;
}
