import { stripVTControlCharacters } from "node:util";

/** Whether to use colour: on a terminal, unless the user asked for none (no-color.org). */
export const colour = process.stdout.isTTY === true && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb";

const paint = (code: string) => (text: string) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);
const bold = paint("1");
const dim = paint("2");
const green = paint("32");
const red = paint("31");

/** The indent that tells a command and its output from the demo's own lines. */
const margin = "   ";

let steps = 0;

/** Begins a step with its title and a line that explains it. */
export function step(title: string, why: string): void {
  steps++;
  console.log(`\n${bold(`${steps}. ${title}`)}\n${margin}${why}\n`);
}

/** Prints a command as a user would type it. */
export function command(prompt: string, line: string): void {
  console.log(`${margin}${bold(`${prompt} ${line}`)}`);
}

/** Reports a check that passed. */
export function confirm(text: string): void {
  console.log(`\n${margin}${green("ok:")} ${text}`);
}

/** Reports the failure that ended the demo. */
export function failure(text: string): void {
  console.error(`\n${red("failed:")} ${text}`);
}

/** Prints a plain line of the demo. */
export function say(text: string): void {
  console.log(text);
}

/** Shows output line by line as it comes, and keeps it. */
export class Output {
  #shown = 0;
  #text = "";

  add(chunk: string): void {
    this.#text += chunk;
    const end = this.#text.lastIndexOf("\n") + 1;
    if (end > this.#shown) this.#show(this.#text.slice(this.#shown, end - 1));
    this.#shown = Math.max(this.#shown, end);
  }

  /** Shows the rest and returns the whole output without colours. */
  end(): string {
    if (this.#text.length > this.#shown) this.#show(this.#text.slice(this.#shown));
    this.#shown = this.#text.length;
    return stripVTControlCharacters(this.#text);
  }

  #show(lines: string): void {
    for (const line of lines.split("\n")) console.log(`${margin}${dim("|")} ${line}`.trimEnd());
  }
}
