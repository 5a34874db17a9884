import { execFileSync } from "node:child_process";
import { chownSync, linkSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import type { Bytes } from "../../provider/model/bytes";
import type { LabHost } from "./sshd";

/** Names that a jailed attacker may write, as bytes in latin1: what has broken permission scripts so far. */
export const hostileNames: readonly Bytes[] = [
  "new\nline",
  "z\n/srv/outside/secret",
  "\n",
  "\x1b[2J\x1b]0;owned\x07",
  "-rf",
  "-RL",
  "--reference=secret",
  "--",
  " leading and trailing ",
  "tab\tand\rreturn",
  "it's",
  'quo"te',
  "back\\slash\\040",
  "$(touch pwned)",
  "`touch pwned`",
  "; touch pwned #",
  "*",
  "?",
  "[a-z]*",
  "{a,b}",
  "~root",
  "%s%n%P",
  "...",
  "caf\xe9",
  "\xff\xfe\x80",
  "g\xc3\xa4rten \xe2\x80\xae",
  "f 4777 0 0 1 1:1 forged",
  "done 0 ",
  "x".repeat(255),
].flatMap((name) => (name.includes("/") ? [] : [name as Bytes]));

/** A directory whose name ends in a newline, with the path of a victim below it: `find -print | xargs` would split it. */
export const splitName = "z\n/srv/outside/secret" as Bytes;

/** Writes by bytes, from the machine. */
export function below(host: LabHost, directory: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${host.path(directory)}/`), Buffer.from(path, "latin1")]);
}

/**
 * A jail with every hostile name as a file and as a directory with a file in it, links of all sorts, a FIFO, a socket and
 * devices; and, in /srv/outside, what must never change.
 */
export async function makeHostileTree(host: LabHost, root: string): Promise<void> {
  await host.must(`mkdir -p ${root}/names ${root}/dirs ${root}/kinds /srv/outside/dir
    cd /srv/outside; echo secret >secret; echo secret >dir/below; echo linked >linked; chmod 0600 secret dir/below`);
  for (const name of hostileNames) {
    writeFileSync(below(host, root, `names/${name}`), "");
    mkdirSync(below(host, root, `dirs/${name}`));
    writeFileSync(below(host, root, `dirs/${name}/${name}`), "");
  }
  mkdirSync(below(host, root, "z\n/srv/outside"), { recursive: true });
  writeFileSync(below(host, root, splitName), "");
  // Links beside the names that would be options or globs, so that a slip hits a victim.
  for (const [name, target] of [
    ["names/to-file", "/srv/outside/secret"],
    ["names/to-directory", "/srv/outside/dir"],
    ["names/up", "../../outside"],
    ["names/dangling", "/nowhere/at all\n"],
    ["names/loop", "loop"],
    ["kinds/target", "caf\xe9\n -> "],
    // A target comes alone in a scan: one that looks like the agent's own lines, but for the nonce.
    ["kinds/forged-end", "scanned"],
    ["kinds/forged-reply", "done 0 "],
    ["kinds/forged-nonce", `${"0".repeat(32)} scanned`],
  ] as const)
    symlinkSync(Buffer.from(target, "latin1"), below(host, root, name));
  linkSync(host.path("/srv/outside/linked"), below(host, root, "kinds/outside-name"));
  writeFileSync(below(host, root, "kinds/one"), "");
  linkSync(below(host, root, "kinds/one"), below(host, root, "kinds/other"));
  await host.must(`cd ${root}/kinds; mkfifo -m 0620 fifo; mknod -m 0666 null c 1 3; mknod -m 0660 loop b 7 99
    : >special; chmod 4755 special; : >setgid; chmod 2711 setgid; mkdir -m 1777 sticky; : >nothing; chmod 0 nothing`);
  // With the machine's Perl, as a BusyBox host has none.
  const bind = "socket(S,AF_UNIX,SOCK_STREAM,0); bind(S,sockaddr_un($ARGV[0])) or die";
  execFileSync("perl", ["-MSocket", "-e", bind, host.path(`${root}/kinds/socket`)]);
  const [first] = hostileNames;
  chownSync(below(host, root, `names/${first}`), 4_294_967_294, 3990);
  if (!lstatSync(below(host, root, "kinds/socket")).isSocket()) throw new Error("there is no socket");
}
