import { randomBytes } from "node:crypto";

/** An account of a lab host in addition to root, nobody and sshd. Its group has the same name. */
export interface LabAccount {
  uid: number;
  gid: number;
  /** `/nonexistent` by default. */
  home?: string;
  /** `/usr/sbin/nologin` by default. */
  shell?: string;
}

/** The input of {@link etcFiles}. */
export interface EtcOptions {
  hostname: string;
  rootShell: string;
  accounts: Readonly<Record<string, LabAccount>>;
}

/** The host's files in /etc: name, content and mode. Each call makes another machine-id. */
export function etcFiles({
  hostname,
  rootShell,
  accounts,
}: EtcOptions): { name: string; content: string; mode: number }[] {
  const nologin = "/usr/sbin/nologin";
  const all: Record<string, LabAccount> = {
    root: { uid: 0, gid: 0, home: "/root", shell: rootShell },
    nobody: { uid: 65534, gid: 65534 },
    sshd: { uid: 101, gid: 101, home: "/run/sshd" },
    ...accounts,
  };
  const entries = Object.entries(all);
  const passwd = entries.map(
    ([name, { uid, gid, home = "/nonexistent", shell = nologin }]) =>
      `${name}:x:${uid}:${gid}:${name}:${home}:${shell}`,
  );
  return [
    { name: "passwd", content: lines(passwd), mode: 0o644 },
    { name: "group", content: lines(entries.map(([name, { gid }]) => `${name}:x:${gid}:`)), mode: 0o644 },
    // "*" means no password; "!" would lock the account, and sshd without PAM refuses locked accounts
    { name: "shadow", content: lines(entries.map(([name]) => `${name}:*:19000:0:99999:7:::`)), mode: 0o640 },
    { name: "nsswitch.conf", content: "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n", mode: 0o644 },
    { name: "hostname", content: `${hostname}\n`, mode: 0o644 },
    { name: "hosts", content: `127.0.0.1 localhost ${hostname}\n::1 localhost\n`, mode: 0o644 },
    { name: "machine-id", content: `${randomBytes(16).toString("hex")}\n`, mode: 0o444 },
  ];
}

function lines(values: readonly string[]): string {
  return values.map((value) => `${value}\n`).join("");
}
