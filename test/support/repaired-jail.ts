import { ok, useLab } from "./e2e";
import { useSharedStack } from "./shared-stack";

/** A jail at `/srv/app` with files, as it is declared. To be called in a describe. */
export function useRepairedJail() {
  const lab = useLab();
  const must = (script: string) => lab.host.must(`cd /srv/app && ${script}`);
  const shared = useSharedStack(lab, async (stack) => {
    stack.declare({
      jails: { app: lab.jail("/srv/app", { directories: { etc: "settings", var: "data", lib: "code" } }) },
      rules: {
        var: { jail: "app", match: "var", directoryMode: "0711" },
        lib: { jail: "app", match: "lib/*.so", fileMode: "0644" },
      },
    });
    ok(await stack.up());
    await must("umask 027; touch etc/a etc/b lib/x.so lib/y.so && chmod 644 lib/* && chgrp www etc/* lib/*");
  });
  /** All attributes of every inode, except the given ones. */
  const untouched = async (...paths: string[]) =>
    (await must("find . -printf '%P %i %C@ %T@ %U:%G %m\\n' | sort"))
      .split("\n")
      .filter((line) => !paths.includes(line.split(" ")[0] ?? ""));
  return { lab, shared, must, untouched };
}
