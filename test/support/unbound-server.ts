import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll } from "@jest/globals";
import { startDaemon } from "./daemon";
import { ok } from "./e2e";
import { useExample } from "./example";
import { freePort } from "./free-port";

export const unbound = { uid: 1057, gid: 1057 };
export const root = "/chroot/unbound";
export const rootKey = "/srv/dns/root.key";

/** Acts as systemd does with Debian's unit: it signals the process that it has started, if any. No lab host has systemd. */
const systemctl = `#!/bin/sh
[ "$*" = "try-reload-or-restart unbound" ] || exit 1
echo reload >>/run/reloads
[ ! -e /run/unbound.main ] || kill -HUP "$(cat /run/unbound.main)"
`;

/** The jail of examples/unbound; where `isServing`, unbound answers from it. To be called in a describe. */
export function useUnbound({ isServing = false } = {}) {
  const tools = ["unbound", "unbound-checkconf", "dig", "systemctl"];
  const lab = useExample("unbound", { tools, accounts: { unbound }, config: { rootKey } });
  let port = 0;
  let conf = "";

  beforeAll(async () => {
    port = await freePort();
    conf = join(lab.stack.directory, "unbound.conf");
    writeFileSync(conf, readFileSync(conf, "utf8").replace("@53\n", `@${port}\n`));
    await lab.host.replace("/usr/bin/systemctl", systemctl);
    await lab.host.must("mkdir -p /srv/dns /etc/unbound; echo '# as the package has it' >/etc/unbound/unbound.conf");
    writeFileSync(lab.host.path(rootKey), `${anchors[0]}\n`);
    if (!isServing) return;
    ok(await lab.stack.up());
    await serve();
  });

  const dig = async (name: string) => {
    const options = ["+short", "+time=2", "-p", String(port)];
    const { code, stdout } = await lab.host.run(["dig", "@127.0.0.1", ...options, name, "A"]);
    return code === 0 ? stdout.trim() : "";
  };
  const ask = async () => (await dig("router.home.arpa")) === "192.0.2.1";
  const reloads = async () => (await lab.host.sh("grep -c . /run/reloads")).stdout.trim();
  const serve = () => {
    // As Debian's unit, without its helper: the configuration is where unbound looks for it by itself.
    const start = "echo $$ >/run/unbound.main; exec unbound -d -p";
    return startDaemon(lab.host, ["sh", "-c", start], ask);
  };
  return {
    lab,
    dig,
    ask,
    reloads,
    serve,
    get port() {
      return port;
    },
    /** The configuration in the project. */
    get conf() {
      return conf;
    },
  };
}

/** Digests of the keys of the DNS root, of 2017 and of 2024. */
export const anchors = [
  ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
  ". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",
];
