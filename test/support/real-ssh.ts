import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import type { ConfigFile } from "../../provider/ssh/config-files";

/** A home and an /etc/ssh of their own, for the ssh command and for the product alike. */
export interface ClientHome {
  readonly home: string;
  /** The folder that stands for /etc/ssh. */
  readonly etc: string;
  /** The home as ssh sees it. */
  readonly seenAs: string;
  /** The files of the configuration, as the product reads them. */
  readonly files: readonly ConfigFile[];
  /** Writes a file below the home, 0600. */
  write(path: string, text: string): string;
  /** Runs ssh with this home: it takes the home of the account, whatever HOME says. */
  ssh(args: readonly string[], env?: Readonly<Record<string, string>>): SpawnSyncReturns<string>;
  remove(): void;
}

export function makeClientHome(): ClientHome {
  const folder = mkdtempSync(join(tmpdir(), "chroot-home-"));
  const [home, etc] = [join(folder, "home"), join(folder, "etc")];
  for (const directory of [join(home, ".ssh"), etc]) mkdirSync(directory, { recursive: true, mode: 0o700 });
  const own = join(home, ".ssh");
  const { homedir: seenAs } = userInfo();
  const mount = 'mount --bind "$1" "$2" && mount --bind "$3" /etc/ssh && shift 3 && exec ssh "$@"';
  return {
    home,
    etc,
    seenAs,
    files: [
      { path: join(own, "config"), folder: own, isChecked: true },
      { path: join(etc, "ssh_config"), folder: etc, isChecked: false },
    ],
    write(path, text) {
      const file = join(home, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text, { mode: 0o600 });
      return file;
    },
    ssh: (args, env = {}) =>
      spawnSync("unshare", ["-m", "sh", "-c", mount, "sh", home, seenAs, etc, ...args], {
        encoding: "utf8",
        env: { PATH: process.env["PATH"], ...env },
        stdio: ["ignore", "pipe", "pipe"],
        timeout: 30_000,
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
