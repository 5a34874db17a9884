import { describe, expect, test } from "@jest/globals";
import { allCapabilities } from "../../provider/model/capability";
import { keptCapabilityProblem } from "../../provider/model/kept-capability";
import { limitNames } from "../../provider/model/launch";
import { limitsArgs, wrapperArgs } from "../../provider/resources/wrapper/args";
import { wrapperKind } from "../../provider/resources/wrapper/kind";
import { launchOf } from "../../provider/resources/wrapper/launch";

type Args = Record<string, unknown>;
const given: Args = {
  jail: { connection: { host: "h" }, root: "/chroot/named" },
  path: "/usr/local/sbin/named-jail",
  command: ["/usr/sbin/named", "-f"],
  reason: "why",
};
const unit = { kind: "systemd", path: "/etc/systemd/system/named-jail.service" };

/** `property: message` of each mistake. */
function mistakes(change: Args): string[] {
  const { error } = wrapperArgs.safeParse({ ...given, ...change });
  return (error?.issues ?? []).map(
    (issue) => `${issue.path.join(".")}: ${"issues" in issue ? issue.issues?.[0]?.message : issue.message}`,
  );
}

const refused: readonly (readonly [what: string, change: Args, says: RegExp])[] = [
  ["a relative path", { path: "sbin/x" }, /^path: .*relative/],
  ["a path with ..", { path: "/usr/../x" }, /^path: .*"\.\."/],
  ["a path with NUL", { path: "/x\0" }, /^path: .*NUL/],
  ["a path with a newline", { path: "/x\n" }, /^path: .*newline/],
  ["a path with //", { path: "/usr//x" }, /^path: .*empty component/],
  ["a path that ends in /", { path: "/usr/x/" }, /^path: .*empty component/],
  ["a path in the jail", { path: "/chroot/named/bin/x" }, /^path: is in the jail/],
  ["a unit elsewhere", { ...unit, path: "/usr/local/sbin/named" }, /^path: .*is no unit/],
  ["a unit below another's folder", { ...unit, path: "/etc/systemd/system/a.d/b.service" }, /^path: .*is no unit/],
  ["a template of units", { ...unit, path: "/etc/systemd/system/a@.service" }, /^path: .*is no unit/],
  ["no command", { command: [] }, /^command: /],
  ["a relative program", { command: ["named"] }, /^command\.0: "named" is relative: .* in the jail$/],
  ["a program that leaves the jail", { command: ["/../sbin/named"] }, /^command\.0: .*"\.\."/],
  ["an argument with a newline", { command: ["/n", "a\nb"] }, /^command\.1: .*newline/],
  ["an argument with NUL", { command: ["/n", "a\0"] }, /^command\.1: .*NUL/],
  ["a $ that systemd would read", { ...unit, command: ["/a$b"] }, /^command\.0: systemd cannot/],
  ["root", { user: "root" }, /^user: is root/],
  ["root by number", { user: "000" }, /^user: is root/],
  ["root's group", { group: "0" }, /^group: is root/],
  ["root's group among others", { supplementaryGroups: ["adm", "root"] }, /^supplementaryGroups\.1: is root/],
  ["a user that is none", { user: "a:b" }, /^user: .*not the name or number/],
  ["an impossible variable", { environment: { "A-B": "x" } }, /^environment\.A-B: .*not the name of a variable/],
  ["a variable that begins with a digit", { environment: { "1A": "x" } }, /not the name of a variable/],
  ["LD_PRELOAD", { environment: { LD_PRELOAD: "x" } }, /^environment\.LD_PRELOAD: LD_PRELOAD changes which code/],
  ["GCONV_PATH", { environment: { GCONV_PATH: "x" } }, /GCONV_PATH changes/],
  ["BASH_ENV", { environment: { BASH_ENV: "x" } }, /BASH_ENV changes/],
  ["a value with a newline", { environment: { A: "x\ny" } }, /^environment\.A: .*newline/],
  ["a umask that is none", { umask: "27" }, /^umask: .*four octal digits/],
  ["a umask that lets everybody write", { umask: "0020" }, /^umask: .*lets every user write/],
  ["a limit that is not known", { limits: { stack: 1 } }, /^limits: .*stack/],
  ["descriptors too few to start", { limits: { nofile: 8 } }, /^limits\.nofile: /],
  ["half a byte", { limits: { core: 0.5 } }, /^limits\.core: is no whole number/],
  ["memory too little to start", { limits: { as: 4096 } }, /^limits\.as: /],
  ["a capability without a reason", { capabilities: { net_raw: " " } }, /^capabilities\.net_raw: is blank/],
  ["a capability that is none", { capabilities: { net: "why" } }, /not the name of a capability/],
  ["a capability with cap_", { capabilities: { cap_net_raw: "why" } }, /write the name without "cap_"/],
  ["sys_admin", { capabilities: { sys_admin: "why" } }, /sys_admin is as good as root: with it it mounts/],
  ["a kind that is none", { kind: "openrc" }, /^kind: /],
  ["an empty restart", { restart: [] }, /^restart: /],
  ["a blank reason", { reason: " " }, /^reason: is blank/],
  ["what nobody knows", { pidFile: "x" }, /pidFile/],
];

describe("a Wrapper", () => {
  for (const [what, change, says] of refused)
    test(`refuses ${what}`, () => {
      expect(mistakes(change).join("\n")).toMatch(says);
      expect(mistakes(change).length).toBe(1);
    });

  test("takes what is right", () => {
    for (const change of [
      {},
      unit,
      { path: "/chroot/named-jail" },
      { user: "named", group: "7002", supplementaryGroups: ["adm"], umask: "0077", restart: ["rndc", "reload"] },
      { environment: { TZ: "UTC", PATH: "/bin" }, limits: { nofile: 4096, as: 8e9, core: 0 } },
      { capabilities: { net_bind_service: "port 53", sys_time: "it sets the clock" }, failOnStaleProcess: true },
      { command: ["/a$b", "$HOME", "%n", ""] },
    ])
      expect(mistakes(change)).toStrictEqual([]);
  });

  test("has each limit that a launcher knows", () => {
    expect(Object.keys(limitsArgs.shape)).toStrictEqual([...limitNames]);
  });

  test("keeps no capability by which a daemon is root again, and any other", () => {
    const kept = allCapabilities
      .map((name) => name.replace("cap_", ""))
      .filter((name) => keptCapabilityProblem(name) === undefined);
    expect(kept).toStrictEqual(
      (
        "audit_control audit_read audit_write block_suspend ipc_lock kill lease net_admin net_bind_service net_broadcast " +
        "net_raw sys_nice sys_pacct sys_resource sys_time sys_tty_config syslog wake_alarm"
      ).split(" "),
    );
  });

  test("has a PATH, a LANG, a umask and no core dumps without a word", () => {
    const lists = { writable: [], mounts: [], groups: [] };
    const resolved = { label: "Wrapper named", root: "/chroot/named", uid: 1, gid: 2, ...lists };
    const { environment, umask, limits, capabilities } = launchOf(wrapperArgs.parse(given), resolved);
    expect(environment).toStrictEqual({ PATH: "/usr/bin:/bin", LANG: "C.UTF-8" });
    expect([umask, limits, capabilities]).toStrictEqual([0o027, { core: 0 }, {}]);
    const own = { environment: { LANG: "C", TZ: "UTC" }, limits: { core: 5, nofile: 20 }, umask: "0077" };
    const changed = launchOf(wrapperArgs.parse({ ...given, ...own }), resolved);
    expect(changed.environment).toStrictEqual({ PATH: "/usr/bin:/bin", LANG: "C", TZ: "UTC" });
    expect([changed.umask, changed.limits]).toStrictEqual([0o077, { core: 5, nofile: 20 }]);
  });

  test("waits for all that is mounted in the jail, and may write where a mount lets it", () => {
    const mounts = {
      run: { type: "tmpfs" },
      "srv/www": { type: "bind", source: "/srv/www" },
      "srv/in": { type: "bind", source: "/srv/in", readOnly: false },
    };
    const args = { user: "named", group: "named", writable: { "var/log": "why" }, mounts };
    const jail = { kind: "Jail", owner: { label: "Jail::named" }, args };
    const wrapper = { kind: "Wrapper", owner: { label: "Wrapper::named" }, args: given };
    const ids = new Map([["named", 7]]);
    const principals = { uids: ids, gids: ids, primary: ids, users: new Map(), groups: new Map() };
    const { launch } = wrapperKind.started?.(wrapper, { jail, root: "/chroot/named", principals }) ?? {};
    expect(launch?.mounts).toStrictEqual(["run", "srv/www", "srv/in"]);
    expect(launch?.writable).toStrictEqual(["var/log", "run", "srv/in"]);
  });
});
