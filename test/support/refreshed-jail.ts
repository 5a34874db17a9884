import { ok, useLab } from "./e2e";
import { useSharedStack } from "./shared-stack";

/** A jail at `/srv/app` as it is declared. Each test leaves it so. To be called in a describe. */
export function useRefreshedJail() {
  const lab = useLab();
  const shared = useSharedStack(lab, async (stack) => {
    stack.declare({
      jails: { app: lab.jail("/srv/app", { directories: { etc: "settings", var: "data" } }) },
      rules: { var: { jail: "app", match: "var", directoryMode: "0711" } },
    });
    ok(await stack.up());
  });
  return { lab, shared, must: (script: string) => lab.host.must(`cd /srv/app && ${script}`) };
}
