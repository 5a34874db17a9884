import { agentSettings } from "./channel/shell-program";
import { shellTexts } from "./shell-texts";
import { registryName } from "./site";

/**
 * The fixed parts of a jail's permission script: the agent's own functions without the parts that start daemons and
 * serve requests, so that both look, close, repair and open with one text, and behind them the script's.
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

/** The fixed parts of a launcher: its first lines, and the way it starts a daemon. */
export function launcherParts(): { head: string; engine: string } {
  const [[, head] = ["", ""], ...own] = shellTexts("launcher");
  // The agent asks the host with the same text.
  const shared = shellTexts("host").filter(([file]) => file === "66-launch.sh");
  return { head, engine: [...shared, ...own].map(([, text]) => text).join("\n") };
}
