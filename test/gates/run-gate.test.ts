import { expect, test } from "@jest/globals";
import { useGateServers } from "../support/gate-servers";
import { closing, gateOn } from "../support/run-gate";

const servers = useGateServers();

test("a gate that is stopped ends at once, with the reason so far", async () => {
  const stop = new AbortController();
  const port = await servers.http(() => stop.abort());
  const gate = { http: { url: `http://{host}:${port}/` }, timeout: 86_400 };
  const { isOpen, why } = await gateOn({ web1: "127.0.0.1" }, gate, { signal: stop.signal });
  expect(isOpen).toBe(false);
  expect(why).toMatch(
    /^stopped before it passed: web1: http:\/\/127\.0\.0\.1:\d+\/: no answer for \d\.\d s \(1 try\)$/,
  );
});

test("a gate that is stopped between two checks ends at once, and so does one that was stopped before", async () => {
  const stop = new AbortController();
  const preview = async () => {
    setImmediate(() => stop.abort());
    return { isOpen: false };
  };
  const gate = { noDrift: true, interval: 86_400, timeout: 86_400 } as const;
  const between = await gateOn({}, gate, { signal: stop.signal, noDrift: preview });
  expect(between.why).toBe("stopped before it passed: there is drift (1 try)");
  const before = await gateOn({}, gate, { signal: stop.signal, noDrift: preview });
  expect(before.why).toBe("stopped before it passed: not asked before the end (0 tries)");
});

test("a preview is asked for drift until there is none", async () => {
  let previews = 0;
  const noDrift = async () => {
    previews++;
    return previews < 3 ? { isOpen: false, why: "ns1 has drifted" } : { isOpen: true };
  };
  expect((await gateOn({}, { noDrift: true }, { noDrift })).isOpen).toBe(true);
  expect(previews).toBe(3);
  const drifted = async () => ({ isOpen: false, why: "ns1 has drifted" });
  const closed = await gateOn({}, { noDrift: true, timeout: closing }, { noDrift: drifted });
  expect(closed.why).toMatch(/^ns1 has drifted \(\d+ tr(y|ies)\)$/);
  const failing = () => Promise.reject(new Error("the backend\u001b[2J is away"));
  const failed = await gateOn({}, { noDrift: true, timeout: closing }, { noDrift: failing });
  expect(failed.why).toMatch(/^the backend\\x1b\[2J is away \(\d+ tr(y|ies)\)$/);
});

test("the soak lasts from the wave's last change, and no longer where the clock was set back", async () => {
  const hour = 3_600_000;
  const now = () => 10 * hour;
  // The tests would not wait for an hour.
  expect(await gateOn({}, { soak: 3600 }, { now, since: 9 * hour })).toStrictEqual({
    isOpen: true,
    at: "1970-01-01T10:00:00.000Z",
  });
  expect((await gateOn({}, { soak: 0.01 }, { now, since: 11 * hour })).isOpen).toBe(true);
  expect((await gateOn({}, { soak: 0.01 })).isOpen).toBe(true);
});

test("a soak that is stopped ends at once", async () => {
  const stop = new AbortController();
  const soaking = gateOn({}, { soak: 600 }, { signal: stop.signal });
  stop.abort();
  expect(await soaking).toMatchObject({ isOpen: false, why: "stopped before 10m had passed" });
});

test("a large wave is asked 64 at once, and all of it", async () => {
  let [open, most, asked] = [0, 0, 0];
  const waiting: (() => void)[] = [];
  const port = await servers.http((_, response) => {
    open++;
    asked++;
    most = Math.max(most, open);
    waiting.push(() => {
      open--;
      response.end();
    });
    // The first 64 wait for each other; a 65th would come meanwhile.
    if (asked >= 64) setTimeout(() => waiting.splice(0).map((answer) => answer()), 20);
  }, "0.0.0.0");
  const hosts = Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`web${n}`, `127.0.0.${n + 1}`]));
  expect((await gateOn(hosts, { http: { url: `http://{host}:${port}/` } })).isOpen).toBe(true);
  expect([most, asked]).toStrictEqual([64, 150]);
});
