import { ok, useLab } from "./e2e";
import { useSharedStack } from "./shared-stack";

/** A jail with a rule and a file on a host that a test stops. To be called in a describe. */
export function useGoneHost(connection: object = {}) {
  const lab = useLab();
  const declare = (more: object = {}, mode = "0711") =>
    shared.stack.declare({
      jails: { app: { connection: { ...lab.host.connection, ...more }, root: "/srv/gone", directories: { a: "one" } } },
      rules: { one: { jail: "app", match: "a", directoryMode: mode } },
      files: { file: { jail: "app", path: "a/b", content: "text", hostLink: "/etc/linked" } },
    });
  const shared = useSharedStack(lab, async (stack) => {
    declare(connection);
    ok(await stack.up());
  });
  const names = () => shared.stack.resources().map(({ urn }) => urn.split("::").at(-1));
  return { lab, shared, declare, names };
}
