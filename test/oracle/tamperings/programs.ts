import { jail, type Make } from "./tampering";

/** For a jail with programs of the host: changes them, their libraries, or a process that runs one. */
function ofProgram(name: string, script: string, more: Partial<ReturnType<Make> & object> = {}): Make {
  return ({ jail: args, wrappers }) =>
    "binaries" in args
      ? {
          name: `program: ${name}`,
          script,
          on: [jail, ...Object.keys(wrappers).map((one) => `Wrapper::${one}`)],
          path: "usr",
          ...more,
        }
      : undefined;
}

/** The host's own file gets another content, as an upgrade gives it one; /usr is the machine's, so something is laid over it. */
const upgrade = (path: string) => `cp -aL ${path} /tmp/newer; echo >>/tmp/newer; mount --bind /tmp/newer ${path}`;
const library = "$(ldd /usr/bin/sleep | sed -n 's/.* => \\([^ ]*libc[^ ]*\\) .*/\\1/p')";
const copy = "$(find . -name 'libc.so.*' | head -n 1)";

/** Processes in the jail that are as declared, more than a short look sees. */
const crowd =
  "for one in $(seq 60); do chroot --userspec=1033:1033 . /usr/bin/sleep 600 </dev/null >/dev/null 2>&1 & done";

/** A process in the jail, with rights that no resource declares. */
const stranger = (rights: string) =>
  `{ exec chroot ${rights} . /usr/bin/sleep 600; } </dev/null >/dev/null 2>&1 & jobs -p >/tmp/oracle.pid
   until [ "$(cat /proc/$!/comm)" = sleep ]; do :; done`;
const end = 'for pid in $(cat /tmp/oracle.pid); do kill "$pid"; while [ -d "/proc/$pid" ]; do :; done; done';
const found = (words: string) => ({ path: words, isFinding: true, undo: end }) as const;

export const programs: Make[] = [
  ofProgram("upgraded on the host", upgrade("/usr/bin/sleep"), { undo: "rebuild" }),
  ofProgram("a library is upgraded on the host", upgrade(library), { undo: "rebuild" }),
  ofProgram("another content of the copy", "echo >>usr/bin/sleep"),
  ofProgram("another content of a library's copy", `echo >>"${copy}"`),
  ofProgram("a library's copy is gone", `rm "${copy}"`),
  ofProgram("run by root", stranger("--userspec=0:0"), found("runs with uid 0")),
  ofProgram(
    "run by root, after many that are as declared",
    `${crowd}; ${stranger("--userspec=0:0")}`,
    found("runs with uid 0"),
  ),
  ofProgram("run with a group of root's", stranger("--userspec=1033:1033 --groups=0"), found("is in groups")),
];

const renumber = (file: string) => `sed 's/^www:x:1033:/www:x:1035:/' ${file} >${file}.new; mv ${file}.new ${file}`;

/** Names stay, and their numbers change. Only the launcher and the jail's own list of accounts have the user's. */
export const accounts: Make[] = [
  ({ jail: args, wrappers }) => {
    const [label, { path } = { path: "" }] = Object.entries(wrappers)[0] ?? [];
    const one = { name: "the user has another number", script: renumber("/etc/passwd"), undo: "rebuild" };
    if (label !== undefined) return { ...one, on: [`Wrapper::${label}`], path };
    return "accounts" in args ? { ...one, on: [jail], path: "etc/passwd" } : undefined;
  },
  () => ({
    name: "the group has another number",
    script: renumber("/etc/group"),
    on: [jail],
    path: "run",
    undo: "rebuild",
  }),
];
