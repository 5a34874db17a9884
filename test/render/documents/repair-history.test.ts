import { describe, expect, test } from "@jest/globals";
import { type Bytes, bytesOf } from "../../../provider/model/bytes";
import type { Live, Principals } from "../../../provider/model/entry";
import type { Observation } from "../../../provider/observe/observation";
import { type Difference, keepNothing, type Put } from "../../../provider/plan/difference";
import { repairHistory } from "../../../provider/render/documents/repair-history";

const live: Live = { type: "file", uid: 0, gid: 0, mode: 0o666, links: 1, inode: "1:2", size: 7 };
const none = new Map();
const principals: Principals = { uids: none, gids: none, users: new Map([[0, "root"]]), groups: none, primary: none };
const want = { mode: { bits: 0o644, mask: 0o7777 } };

function repair(path: string, more: Partial<Difference> = {}): Difference {
  const owner = { label: "Jail::app" };
  return { path: path as Bytes, owner, live, want, keep: keepNothing, reason: "baseline", ...more };
}

function linesOf(repaired: readonly Difference[], stack = "dns/prod"): string[] {
  const text = repairHistory(repaired, { observation: { principals } as Observation, stack });
  return text.split("\n").slice(0, -1);
}

const read = (line: string) => JSON.parse(`{${line}`);

describe("the history of a run", () => {
  test("has a line for each repair, without the brace and the time, which the host adds", () => {
    expect(linesOf([repair("etc/conf")])).toStrictEqual([
      '"path":"etc/conf","was":"0666","now":"0644","by":"Jail::app","reason":"baseline","stack":"dns/prod"}',
    ]);
  });

  test("is ASCII without line breaks, whatever names and reasons are", () => {
    const path = bytesOf('new\nline\x1b[2J "quoted" \\ 🏰 \u202e');
    const lines = linesOf([repair(path), repair("caf\xe9")], "\u2028\nstack");
    expect(lines.length).toBe(2);
    for (const line of lines) expect(line).toMatch(/^[\x20-\x7e]+$/);
    expect(lines.map((line) => read(line).path)).toStrictEqual([
      'new\\nline\\x1b[2J "quoted" \\\\ 🏰 \\xe2\\x80\\xae',
      "caf\\xe9",
    ]);
    expect(read(lines[0] ?? "").stack).toBe("\u2028\nstack");
  });

  test("has lines of bounded length: a long value is cut", () => {
    const long = (text: string) => text.repeat(5000);
    const more = { owner: { label: `Jail::${long("🏰")}` }, reason: long("\n") };
    const [line = "", ...others] = linesOf([repair(bytesOf(long("ä")), more)], long("s"));
    expect(others).toStrictEqual([]);
    expect(line.length).toBeLessThan(2400);
    const { path, by, reason, stack } = read(line);
    expect(path).toMatch(/^ä{165}…$/);
    expect(by).toMatch(/^Jail::(🏰){24}…$/u);
    expect(reason).toMatch(/^\n{147}…$/);
    expect(stack).toMatch(/^s{294}…$/);
  });

  test("has 1,000 repairs at most, the worst of a run, and the worst last: a host drops the first lines", () => {
    const worst = repair("z", { weight: { class: "gains root", isLooser: false } });
    const lines = linesOf([...Array.from({ length: 1500 }, (_, number) => repair(`f${number}`)), worst]);
    expect(lines.length).toBe(1000);
    expect(read(lines.at(-1) ?? "").path).toBe("z");
  });

  test("says of a secret file that its content differed, and nothing about it", () => {
    const claim: Put["claim"] = {
      by: { label: "JailFile::key" },
      reason: "",
      at: "etc/key" as Bytes,
      is: { type: "file", content: { from: "program", isSecret: true, digest: { size: 9, sha256: "b".repeat(64) } } },
    };
    const put: Put = { claim, want: { size: 9, sha256: "b".repeat(64) }, live: { size: 7, sha256: "a".repeat(64) } };
    const made = { ...repair("etc/key", { put, want: { ...want, type: "file" } }), live: undefined };
    const lines = linesOf([repair("etc/key", { put, want: {} }), made]);
    expect(lines.map(read).reverse()).toMatchObject([
      { was: "content differs", now: "as declared" },
      { was: "absent", now: "0644 file" },
    ]);
  });
});
