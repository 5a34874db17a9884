import { stripVTControlCharacters } from "node:util";

/** Colour where somebody looks at it and has not asked for none (no-color.org). */
export const colour = process.stdout.isTTY === true && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb";

const paint = (code: string) => (text: string) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);
const bold = paint("1");
const dim = paint("2");
const green = paint("32");
const red = paint("31");

/** What a command's output stands behind, to tell it from what the demo itself says. */
const margin = "   ";

let steps = 0;

/** Begins a step: what is being done, and why in a line. */
export function step(title: string, why: string): void {
  steps++;
  console.log(`\n${bold(`${steps}. ${title}`)}\n${margin}${why}\n`);
}

/** A command as somebody would type it. */
export function command(prompt: string, line: string): void {
  console.log(`${margin}${bold(`${prompt} ${line}`)}`);
}

/** What has been checked and found to be so. */
export function confirm(text: string): void {
  console.log(`\n${margin}${green("ok:")} ${text}`);
}

/** What ended the demo. */
export function failure(text: string): void {
  console.error(`\n${red("failed:")} ${text}`);
}

/** Plain lines of the demo itself. */
export function say(text: string): void {
  console.log(text);
}

/** Shows output as it comes, a whole line at a time, and keeps it. */
export class Output {
  #shown = 0;
  #text = "";

  add(chunk: string): void {
    this.#text += chunk;
    const end = this.#text.lastIndexOf("\n") + 1;
    if (end > this.#shown) this.#show(this.#text.slice(this.#shown, end - 1));
    this.#shown = Math.max(this.#shown, end);
  }

  /** All of it, without colours. */
  end(): string {
    if (this.#text.length > this.#shown) this.#show(this.#text.slice(this.#shown));
    this.#shown = this.#text.length;
    return stripVTControlCharacters(this.#text);
  }

  #show(lines: string): void {
    for (const line of lines.split("\n")) console.log(`${margin}${dim("|")} ${line}`.trimEnd());
  }
}
