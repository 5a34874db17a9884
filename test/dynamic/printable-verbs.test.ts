import assert from "node:assert/strict";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { registryHome } from "../../provider/agent/site";
import { lineDiff } from "../../provider/engine/assess/line-diff";
import { differenceText } from "../../provider/render/text/difference-text";
import { withAgent } from "../support/connections";
import { contentOfText, type Driven, drive, type FileParts } from "../support/driven";
import { directory, link } from "../support/memory-host/entries";
import type { MemoryHost } from "../support/memory-host/memory-host";
import { useMemoryHost } from "../support/memory-host/use-memory-host";
import { account } from "../support/program";

const root = "/srv/jail";
const canary = ["key", "5e1f"].join("-");

describe("what is told of a file on a host", () => {
  let host: MemoryHost;
  useMemoryHost({ accounts: account }, (made) => {
    host = made;
  });
  const site = () => host.site(root);
  const files = (parts: FileParts): Driven => drive(site(), {}, {}, parts);
  const hostFile = (more = {}): FileParts => ({ key: { path: "etc/key", hostFile: "/etc/keys/key", ...more } });
  /** Every text of a preview about a difference. */
  async function told(driven: Driven, declared?: string): Promise<string> {
    const assessment = await driven.assess();
    const content = declared === undefined ? undefined : contentOfText(declared);
    const lines = assessment.plan.differences.map(async (one) => {
      const { live, declared: want } = differenceText(one, assessment.observation);
      return [
        `${one.path}: ${live} => ${want}`,
        ...(await lineDiff(one, assessment, content, (ask) => withAgent(site(), ask))),
      ];
    });
    return (await Promise.all(lines)).flat().join("\n");
  }
  beforeEach(() => {
    host.files.remove(root, "/etc/keys", registryHome);
    host.files.make(root, { ".": directory(), "/etc/keys": directory() });
  });
  const key = "/etc/keys/key";
  const copy = `${root}/etc/key`;

  test("of a copy of the host's are its lines only where everybody may read that file, and the copy", async () => {
    host.files.write(key, `${canary}-one\n`);
    const open = hostFile({ mode: "0644" });
    expect(await files(open).up()).toSucceed();
    host.files.write(key, `${canary}-two\n`);
    expect(await told(files(open))).toMatch(new RegExp(`^-${canary}-one\n\\+${canary}-two$`, "m"));
    const whereClosed = async (what: string, close: () => void, reopen: () => void) => {
      close();
      const text = await told(files(open));
      expect(text).toMatch(/^etc\/key: .*stale sha256:[0-9a-f]{8} => /);
      assert.ok(!text.includes(canary), `${what}: ${text}`);
      reopen();
    };
    const modes = (path: string, closed: number, open: number) =>
      [
        `mode ${closed.toString(8)} of ${path}`,
        () => host.files.chmod(closed, path),
        () => host.files.chmod(open, path),
      ] as const;
    await whereClosed(...modes(key, 0o600, 0o644));
    await whereClosed(...modes(key, 0o640, 0o644));
    await whereClosed(...modes("/etc/keys", 0o700, 0o755));
    const move = (from: string, to: string) => host.tree.rename(from, to);
    await whereClosed(
      "a link",
      () => {
        move(key, "/etc/keys/real");
        host.files.chmod(0o600, "/etc/keys/real");
        host.files.make("/etc/keys", { key: link("real") });
      },
      () => {
        move("/etc/keys/real", key);
        host.files.chmod(0o644, key);
      },
    );
    await whereClosed(...modes(copy, 0o640, 0o644));
    expect(await told(files(open))).toMatch(new RegExp(canary));
  });

  test("of a text that the program declares are its lines only where everybody may read what is there", async () => {
    const declare = (mode: string): FileParts => ({ conf: { path: "etc/conf", content: "listen 80\n", mode } });
    for (const [mode, isTold] of [
      ["0644", true],
      ["0640", false],
    ] as const) {
      expect(await files(declare(mode)).up()).toSucceed();
      host.files.write(`${root}/etc/conf`, `${canary}\n`);
      assert.equal((await told(files(declare(mode)), "listen 80\n")).includes(canary), isTold, mode);
    }
  });

  test("that is a secret is neither its text nor its size, whichever of the two sides is one", async () => {
    const secret = hostFile({ mode: "0644", secret: true });
    host.files.write(key, `${canary}-one\n`);
    const isSilent = async (driven: Driven, declared?: string) => {
      const text = await told(driven, declared);
      expect(text).toMatch(/content differs => .*as declared/);
      expect(text).not.toMatch(new RegExp(`${canary}|sha256|bytes|listen`));
    };
    expect(await files(secret).up()).toSucceed();
    host.files.write(key, `${canary}-longer\n`);
    await isSilent(files(secret));
    // It becomes plain; another resource declares it, in plain.
    await isSilent(files(hostFile({ mode: "0644" })));
    const other = { other: { path: "etc/key", content: "listen 80\n", mode: "0644" } };
    await isSilent(drive(site(), {}, {}, other, ["JailFile::key"]), "listen 80\n");
    // Once the file is in place its content is plain, and later contents are plain too.
    const plain = hostFile({ mode: "0644" });
    expect(await files(plain).up()).toSucceed();
    host.files.write(key, "plain\n");
    expect(await told(files(plain))).toMatch(/\+plain/);
  });
});
