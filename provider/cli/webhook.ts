import { messageOf } from "../errors";
import { CommandError } from "./command-error";

const TIMEOUT_MS = 30_000;

/** Refuses the URL of a webhook that no report can be sent to. It may contain a secret, so no message shows more than its host. */
export function expectWebhook(url: string | undefined): void {
  if (url === undefined) return;
  const { protocol = "", username, password } = URL.canParse(url) ? new URL(url) : {};
  if (protocol !== "https:" && protocol !== "http:")
    throw new CommandError("the webhook is no URL: write it as https://chat.example.com/hook");
  if (username !== "" || password !== "")
    throw new CommandError(
      "the webhook's URL has a user or a password in it, which are not sent: use a token in its path",
    );
}

/** Sends a report as JSON by POST. */
export async function postReport(url: string, json: string): Promise<void> {
  expectWebhook(url);
  const { host } = new URL(url);
  let why: string;
  try {
    const headers = { "content-type": "application/json" };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const { ok, status } = await fetch(url, { method: "POST", headers, body: json, signal, redirect: "error" });
    if (ok) return;
    why = `it answered with status ${status}`;
  } catch (error) {
    const { cause } = error as { cause?: unknown };
    why = messageOf(cause ?? error);
  }
  throw new CommandError(`the webhook at ${host} did not take the report: ${why}`);
}
