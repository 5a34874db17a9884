import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { placeStaged, type Source, stageFile } from "../../provider/agent/requests/deliver";
import type { Site } from "../../provider/agent/site";
import type { Bytes } from "../../provider/model/bytes";
import type { Step } from "../../provider/plan/steps";
import { change } from "./jail-site";

/** A text that no file of a host contains, except the delivered one. */
export const canary = "canary-7f3a1c";

/** A step that puts a file, of root with mode 0640 unless told otherwise. */
export function fileStep(path: string, more: Partial<Step> = {}): Step {
  const by = { label: "JailFile::x", token: "f".repeat(32) };
  const at = path as Bytes;
  const put = { claim: { by, reason: "a test", at, is: { type: "file" } } } as const;
  return { path: at, action: "put", put, owner: { uid: 0, gid: 0 }, mode: 0o640, ...more };
}

/** Bytes in pieces; `before` is called with the offset of each. */
export function sourceOf(
  content: Buffer,
  { piece = 65_536, before }: { piece?: number; before?: (offset: number) => unknown } = {},
): Extract<Source, { chunks: unknown }> {
  return {
    digest: { size: content.length, sha256: createHash("sha256").update(content).digest("hex") },
    async *chunks() {
      for (let offset = 0; offset < content.length; offset += piece) {
        await before?.(offset);
        yield content.subarray(offset, offset + piece);
      }
    },
  };
}

/** Makes a file and moves it into its place, in a run of its own. */
export function deliver(site: Site, step: Step, source: Source): Promise<void> {
  return change(site, async (agent) => {
    await stageFile(agent, step, source);
    assert.ok(await placeStaged(agent, step), "its directory is there");
  });
}
