import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

type Parameters = Readonly<Record<string, unknown>>;
interface Reply {
  readonly id?: number;
  readonly result?: Parameters;
  readonly error?: { readonly message: string };
}

const quiet = ["background-networking", "component-update", "sync", "quic", "gpu", "extensions", "dev-shm-usage"];

/** One page of a headless Chromium, which is driven through a pipe by the DevTools protocol. It has a profile of its own. */
export class Browser {
  readonly #folder = mkdtempSync(join(tmpdir(), "chromium-"));
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #session: string | undefined;
  #sent = 0;

  private constructor() {
    const options = ["--headless", "--no-sandbox", "--no-first-run", "--hide-scrollbars", "--remote-debugging-pipe"];
    const off = quiet.map((name) => `--disable-${name}`);
    this.#process = spawn("chromium", [...options, ...off, `--user-data-dir=${this.#folder}`, "about:blank"], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    let text = "";
    (this.#process.stdio[4] as Readable).setEncoding("utf8").on("data", (chunk: string) => {
      const messages = (text + chunk).split("\0");
      text = messages.pop() ?? "";
      for (const message of messages) this.#receive(JSON.parse(message) as Reply);
    });
    const end = (why: string) => {
      for (const settle of this.#waiting.values()) settle({ error: { message: why } });
    };
    this.#process.once("error", ({ message }) => end(`chromium did not start: ${message}`));
    this.#process.once("exit", (code) => end(`chromium ended with ${code}`));
    (this.#process.stdio[3] as Writable).on("error", () => undefined);
  }

  static async start(): Promise<Browser> {
    const browser = new Browser();
    const { targetId } = await browser.call("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await browser.call("Target.attachToTarget", { targetId, flatten: true });
    browser.#session = sessionId as string;
    return browser;
  }

  async call(method: string, params: Parameters = {}): Promise<Parameters> {
    const id = ++this.#sent;
    const session = this.#session === undefined ? {} : { sessionId: this.#session };
    const replied = new Promise<Reply>((resolve) => this.#waiting.set(id, resolve));
    (this.#process.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    const { result = {}, error } = await replied;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  /** Loads a file, with a hash, and waits until the page is whole. */
  async open(file: string, hash = ""): Promise<void> {
    await this.call("Page.navigate", { url: "about:blank" });
    await this.call("Page.navigate", { url: `file://${file}${hash}` });
    while ((await this.evaluate("location.protocol + document.readyState")) !== "file:complete")
      await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** The value of an expression in the page; the page's policy does not concern it. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.call("Runtime.evaluate", { expression, returnByValue: true });
    if (exceptionDetails) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { value: T }).value;
  }

  async key(key: string, text?: string): Promise<void> {
    await this.call("Input.dispatchKeyEvent", { type: "keyDown", key, ...(text === undefined ? {} : { text }) });
    await this.call("Input.dispatchKeyEvent", { type: "keyUp", key });
  }

  async type(text: string): Promise<void> {
    for (const character of text) await this.key(character, character);
  }

  async show(width: number, height: number, scheme: "light" | "dark" = "light"): Promise<void> {
    await this.call("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    await this.call("Emulation.setEmulatedMedia", { features });
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#session = undefined;
    // Its own processes end with it, and write to the profile until then.
    await this.call("Browser.close");
    await ended;
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  #receive(reply: Reply): void {
    if (reply.id === undefined) return;
    this.#waiting.get(reply.id)?.(reply);
    this.#waiting.delete(reply.id);
  }
}
