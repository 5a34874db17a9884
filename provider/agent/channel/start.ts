import type { Become } from "../../model/connection";
import type { Command } from "../../ssh/become";

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
