import { beforeAll } from "@jest/globals";
import type * as chroot from "../../provider";
import { ok, shownDrift, useLab } from "./e2e";
import type { Stack } from "./stack";

/** Jails by name, each with a launcher at a path. */
type Given = Readonly<Record<string, { readonly jail: object; readonly path: string }>>;

const path = "/etc/jails/start";

/** Jails with launchers at paths of one host. To be called in a describe. */
export function useLaunchers() {
  const lab = useLab();
  const jailArgs = (name: string) => ({
    user: "www",
    group: "www",
    baseline: { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" },
    binaries: { "/bin/sleep": "the daemon of this test" },
    ...lab.jail(`/srv/${name}`),
  });
  const declare = (stack: Stack, paths: Readonly<Record<string, string>>) =>
    stack.program<Given>(
      ({ Jail, Wrapper }, given) => {
        for (const [name, { jail: args, path }] of Object.entries(given)) {
          const jail = new Jail(name, args as chroot.JailArgs);
          new Wrapper(`${name}-start`, { jail, path, command: ["/bin/sleep", "9"], reason: "a test" });
        }
      },
      Object.fromEntries(
        Object.entries(paths).map(([name, path]) => {
          return [name, { jail: jailArgs(name), path }];
        }),
      ),
    );
  const host = (stack: Stack, name: string) =>
    stack.preview("--diff").then((ran) => shownDrift(ok(ran), name, "create")?.["(host)"] ?? "");

  beforeAll(() => lab.host.must("mkdir -p /etc/jails"));
  return { lab, path, jailArgs, declare, host };
}
