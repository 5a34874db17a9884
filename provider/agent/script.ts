import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { registryName } from "./site";
import { agentSettings } from "./source";

/**
 * What the permission script of a jail is made of beside its declaration: the agent's own functions without the parts that
 * start daemons and serve requests, so that both look, close, repair and open with one text, and behind them the script's.
 */
export function scriptParts(root: string): { head: string; settings: string; engine: string } {
  const [[, head] = ["", ""], ...own] = shellTexts("script");
  const parts = [...shellTexts("host").filter(([file]) => file < "65"), ...own];
  return {
    head,
    engine: parts.map(([, text]) => text).join("\n"),
    settings: `REGISTRY_NAME=${registryName(root)} ${agentSettings("-")}`,
  };
}

/** The shell in a folder of this room, as `[file, text]` in order of names. */
export function shellTexts(folder: string): [string, string][] {
  const path = join(__dirname, "..", "..", "..", "provider", "agent", folder);
  return readdirSync(path)
    .sort()
    .map((file) => [file, readFileSync(join(path, file), "utf8")]);
}
