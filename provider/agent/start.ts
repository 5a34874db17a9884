import type { Become } from "../model/connection";
import type { Command } from "../ssh/become";

/** A shell as it is after root's own login: what sudo keeps of the user's must not matter, nor what it sets. */
const asRoot = [
  "PATH=/usr/sbin:/usr/bin:/sbin:/bin USER=root LOGNAME=root HOME=~root",
  "export PATH USER LOGNAME HOME",
  "unset MAIL SUDO_COMMAND SUDO_USER SUDO_UID SUDO_GID SUDO_HOME SUDO_TTY DOAS_USER",
  "cd || cd /",
].join("; ");

/** Starts a script of POSIX sh without single quotes, whatever shell the account has, with the rights that are declared. */
export function starting(script: string, become: Become | undefined): Command {
  if (!become) return () => `exec sh -c '${script}'`;
  return (prompt, started) => {
    const how = {
      // -k: a password that was given before does not count, so that each start goes as the one before. %p: see the prompt's reader.
      sudo: `sudo -k ${become.password === undefined ? "-n" : `-S -p ${prompt}%p:`} -u root --`,
      doas: "doas -n -u root",
    };
    // It says that it runs before it reads anything, and by an `id` that it can start others.
    const shell = `exec env LC_ALL=C ${how[become.method]} /bin/sh -c '${asRoot}; echo "${started} $(id -u)."`;
    // doas kills its child two seconds after a signal to itself. The script is a child of that one: what it opens last takes its time.
    return become.method === "doas" ? `${shell}; /bin/sh -c "$1"; exit "$?"' sh '${script}'` : `${shell}; ${script}'`;
  };
}
