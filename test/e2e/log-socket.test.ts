import { describe, expect, test } from "@jest/globals";
import { failed, linesWith, ok, shownDrift, useLab } from "../support/e2e";
import { own } from "../support/log-scene";

describe("a log socket", () => {
  const lab = useLab();
  const source = `/run/log-e2e-${own}`;
  const start = () =>
    lab.host.must(`ln -sf ${source} /dev/log; [ ! -f /run/syslogd.pid ] || kill "$(cat /run/syslogd.pid)"
      while [ -f /run/syslogd.pid ]; do sleep 0.02; done
      busybox syslogd -O /var/log/there; until [ -S ${source} ] && [ -f /run/syslogd.pid ]; do sleep 0.02; done`);

  test("is proved by up, and a preview shows what has not been, and what a restart has left", async () => {
    await start();
    const stack = await lab.stack();
    const logSocket = { from: source, foundIn: "/var/log/elsewhere", reason: "it logs" };
    stack.declare({ jails: { app: lab.jail("/srv/app", { logSocket }) } });
    const said = failed(await stack.up());
    expect(said).toMatch(
      /srv\/app\/dev\/log: a line sent to it was not found in \/var\/log\/elsewhere: correct foundIn/,
    );
    await lab.host.must("ln /var/log/there /var/log/elsewhere");
    const unfinished = ok(await stack.preview("--diff"));
    expect(unfinished).toMatch(/not finished: no test line has come out of its log socket yet; up sends another one/);
    ok(await stack.up());
    await start();
    const bind = `bind ${source} ro,nosuid,nodev,noexec`;
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app")).toStrictEqual({ "dev/log": `bind of a dead socket => ${bind}` });
    expect(linesWith(preview, "dev/log is bind of a dead socket").length).toBe(1);
  });
});
