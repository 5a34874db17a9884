// @ts-check
// Shows the progress of a long step: a terminal gets one line, rewritten in place; a log file gets a line now and then.
"use strict";

const quietMs = 2_000;
const terminalEveryMs = 500;
const logEveryMs = 20_000;

const onTerminal = process.stderr.isTTY === true && process.env["TERM"] !== "dumb" && !process.env["CI"];

/** @param {number} ms */
function elapsed(ms) {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/** @param {string} text */
function rewriteLine(text) {
  // A wrapped line can't be rewritten.
  process.stderr.write(`\r\x1b[2K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
}

/**
 * Runs the work. After two seconds it shows the label, the latest detail and the elapsed time.
 * @template T
 * @param {string} label
 * @param {(show: (detail: string) => void) => Promise<T>} work
 * @returns {Promise<T>}
 */
async function step(label, work) {
  const started = Date.now();
  let detail = "";
  let shown = false;
  const line = () => `${label}${detail && `: ${detail}`} (${elapsed(Date.now() - started)})`;
  const tick = () => {
    shown = true;
    if (onTerminal) rewriteLine(line());
    else console.error(line());
  };
  /** @type {NodeJS.Timeout | undefined} */
  let ticking;
  const starting = setTimeout(() => {
    tick();
    ticking = setInterval(tick, onTerminal ? terminalEveryMs : logEveryMs);
  }, quietMs);
  // An interrupt may leave the cursor in the middle of a line.
  const endLine = () => shown && onTerminal && process.stderr.write("\n");
  process.once("exit", endLine);
  try {
    const result = await work((latest) => {
      detail = latest;
    });
    if (shown && onTerminal) rewriteLine("");
    if (shown) console.error(`${label}: done in ${elapsed(Date.now() - started)}`);
    return result;
  } catch (error) {
    if (shown && onTerminal) rewriteLine("");
    throw error;
  } finally {
    clearTimeout(starting);
    clearInterval(ticking);
    process.removeListener("exit", endLine);
  }
}

module.exports = { step };
