import { once } from "node:events";
import { copyFileSync } from "node:fs";
import { get } from "node:http";
import { text } from "node:stream/consumers";
import { beforeAll } from "@jest/globals";
import { inodes, startDaemon } from "./daemon";
import { ok } from "./e2e";
import { useExample } from "./example";
import { freePort } from "./free-port";

export const account = { uid: 33, gid: 33 };
export const root = "/chroot/nginx";
// /usr of a lab host is the machine's, and read-only.
export const launcher = "/etc/jails/nginx";
const limits = "nosuid,nodev,noexec";
export const mounts = {
  "srv/www": `not mounted => bind /srv/www ro,${limits}`,
  "var/lib/nginx": `not mounted => tmpfs 64m root:www-data 0770 ${limits}`,
  run: `not mounted => tmpfs 1m root:www-data 0770 ${limits}`,
};

/** The jail of examples/nginx. To be called in a describe. */
export function useNginx() {
  const config = { launcher, onDelete: "removeCreated" };
  const lab = useExample("nginx", { tools: ["nginx"], accounts: { "www-data": account }, config });
  let port = 0;
  beforeAll(async () => {
    port = await freePort();
    ok(await lab.stack.pulumi("config", "set", "listen", String(port)));
    await lab.host.must(`mkdir -p /chroot /etc/jails /etc/nginx /srv/www; : >/etc/fstab
      ln -s /usr/share/zoneinfo/Asia/Kolkata /etc/localtime; echo 'It works' >/srv/www/index.html`);
    copyFileSync("/etc/nginx/mime.types", lab.host.path("/etc/nginx/mime.types"));
  });

  const page = async () => {
    // A connection for each request, as strangers have.
    const [reply] = await once(get({ host: "127.0.0.1", port, agent: false }), "response");
    return reply.statusCode === 200 ? text(reply) : "";
  };
  const ask = async () => /It works/.test(await page());
  const asks = () => ask().catch(() => false);
  const start = () => startDaemon(lab.host, [launcher], asks);
  /** The inodes that nginx does not write. */
  const kept = () => inodes(lab.host, root).filter((line) => !/^(var\/|run)/.test(line));
  return { lab, page, ask, asks, start, kept };
}
