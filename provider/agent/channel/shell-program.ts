import { maxDepth, maxPathBytes, quarantineName, stagingName } from "../../model/path";
import { shellTexts } from "../shell-texts";
import { registryHome } from "../site";

/** Seconds without a word from us after which an agent with a lock ends. */
const idle = 60;

let program: string | undefined;

/**
 * The program is plain shell beside the compiled code, in order of names, so that an auditor of the package reads what
 * the hosts run.
 */
export function readProgram(): string {
  return shellTexts("host")
    .map(([, text]) => text)
    .join("\n");
}

/** The program with its settings, which have the same length for every nonce. */
export function source(nonce: string): Buffer {
  program ??= readProgram();
  return Buffer.from(`${agentSettings(nonce)}\n${program}`, "utf8");
}

/** The settings that the program expects before it. */
export function agentSettings(nonce: string): string {
  const limits = `IDLE=${idle} DEEPEST=${maxDepth} LONGEST=${maxPathBytes}`;
  return `NONCE=${nonce} REGISTRY_HOME=${registryHome} QUARANTINE=${quarantineName} STAGING=${stagingName} ${limits}`;
}
