import type { Become } from "../../model/connection";
import type { Command } from "../../ssh/become";
import { source } from "./shell-program";

/**
 * Makes a shell as root's own login does: neither the user's variables that sudo keeps may matter, nor those that it
 * sets.
 */
const asRoot = [
  "PATH=/usr/sbin:/usr/bin:/sbin:/bin USER=root LOGNAME=root HOME=~root",
  "export PATH USER LOGNAME HOME",
  "unset MAIL SUDO_COMMAND SUDO_USER SUDO_UID SUDO_GID SUDO_HOME SUDO_TTY DOAS_USER",
  "cd || cd /",
].join("; ");

/** Starts a script of POSIX sh without single quotes, under any login shell, with the declared rights. */
export function starting(script: string, become: Become | undefined): Command {
  if (!become) return () => `exec sh -c '${script}'`;
  return (prompt, started) => {
    const how = {
      // -k: an earlier password does not count, so that each start goes as the one before. %p: see the prompt's reader.
      sudo: `sudo -k ${become.password === undefined ? "-n" : `-S -p ${prompt}%p:`} -u root --`,
      doas: "doas -n -u root",
    };
    // The shell says that it runs before it reads anything, and by an `id` that it can start others.
    const shell = `exec env LC_ALL=C ${how[become.method]} /bin/sh -c '${asRoot}; echo "${started} $(id -u)."`;
    // doas kills its child two seconds after a signal to itself. The script runs as a child of that child, so that it
    // has time to open what is sealed.
    return become.method === "doas" ? `${shell}; /bin/sh -c "$1"; exit "$?"' sh '${script}'` : `${shell}; ${script}'`;
  };
}

/** The command that reads the agent's program from stdin. */
export function agentCommand(become: Become | undefined): Command {
  const { length } = source("0".repeat(32));
  const complaint = "no timeout command, or no dd with iflag=count_bytes,fullblock on this host";
  // A dead line may swallow the program: nothing watches yet, and dd would wait for as long as sshd does.
  const read = `p=$(timeout 45 dd bs=65536 count=${length} iflag=count_bytes,fullblock 2>/dev/null)`;
  return starting(`${read} || { echo "${complaint}" >&2; exit 127; }; eval "$p"`, become);
}
