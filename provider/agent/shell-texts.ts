import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The shell in a folder of this room, as `[file, text]` in order of names. */
export function shellTexts(folder: string): [string, string][] {
  const path = join(__dirname, "..", "..", "..", "provider", "agent", folder);
  return readdirSync(path)
    .sort()
    .map((file) => [file, readFileSync(join(path, file), "utf8")]);
}
