import { describe, expect, test } from "@jest/globals";
import type * as chroot from "../../provider";
import { failed, ok, shownDrift } from "../support/e2e";
import { useWrapper } from "../support/wrapper-scene";

describe("a wrapper", () => {
  const { lab } = useWrapper();

  test("whose program is not in the jail is refused before anything is written, unless a file that is declared later is it", async () => {
    const nowhere = await lab.stack();
    const one = (program: string, later?: string) =>
      nowhere.program<{ jail: object; program: string; later?: string | undefined }>(
        ({ Jail, JailFile, Wrapper }, given) => {
          const jail = new Jail("app", given.jail as chroot.JailArgs);
          new Wrapper("early", { jail, path: "/etc/jails/early", command: [given.program], reason: "a test" });
          if (given.later === undefined) return;
          new JailFile("later", { jail, path: given.later, hostFile: "/bin/true", mode: "0755", reason: "a test" });
        },
        {
          jail: {
            user: "www",
            group: "www",
            baseline: { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" },
            ...lab.jail("/srv/nowhere"),
          },
          program,
          later,
        },
      );
    one("/opt/daemon", "opt/deamon");
    const says = /the jail has no program \/opt\/daemon: add it to the Jail's binaries, or declare it as a JailFile/;
    expect(shownDrift(ok(await nowhere.preview("--diff")), "early", "create")?.["(host)"] ?? "").toMatch(
      /^refused: the jail/,
    );
    expect(failed(await nowhere.up())).toMatch(says);
    expect((await lab.host.sh("ls /etc/jails/early")).code).toBe(2);
    one("/opt/daemon", "opt/daemon");
    ok(await nowhere.destroy());
    await lab.host.must("rm -r /srv/nowhere");
    expect(ok(await nowhere.preview("--diff"))).not.toMatch(/refused/);
    ok(await nowhere.up());
    ok(await nowhere.preview("--expect-no-changes"));
    ok(await nowhere.destroy());
  });
});
