/** Columns of text on a terminal. The texts are fit to print: `show` or `printable` has escaped control characters. */

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
const plainAscii = /^[\x20-\x7e]*$/;
/** East Asian scripts and full-width forms (Unicode's East_Asian_Width W and F), and emoji that are shown as pictures. */
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6\p{Emoji_Presentation}]/u;
/** Half-width forms are in the same scripts. */
const narrow = /^[\uff61-\uffdc]/;

/** The columns that a text takes on a terminal. */
export function widthOf(text: string): number {
  if (plainAscii.test(text)) return text.length;
  return [...segmenter.segment(text)].reduce((sum, { segment }) => sum + widthOfCharacter(segment), 0);
}

function widthOfCharacter(character: string): number {
  if (/^\p{M}+$/u.test(character)) return 0;
  return wide.test(character) && !narrow.test(character) ? 2 : 1;
}

/** The text with spaces at its end, `columns` wide; a wider text as it is. */
export function padded(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - widthOf(text)));
}

/** The text, cut at its end where it is wider than `columns`. */
export function cutEnd(text: string, columns: number): string {
  return widthOf(text) <= columns ? text : `${start(text, columns - 1)}…`;
}

/** The text, cut in the middle where it is wider than `columns`: the end of a path tells as much as its start. */
export function cutMiddle(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  const left = Math.max(0, Math.floor((columns - 1) / 2));
  return `${start(text, left)}…${end(text, Math.max(0, columns - 1 - left))}`;
}

function start(text: string, columns: number): string {
  let [taken, width] = ["", 0];
  for (const { segment } of segmenter.segment(text)) {
    width += widthOfCharacter(segment);
    if (width > columns) break;
    taken += segment;
  }
  return taken;
}

function end(text: string, columns: number): string {
  const characters = [...segmenter.segment(text)].map(({ segment }) => segment).reverse();
  let [taken, width] = ["", 0];
  for (const character of characters) {
    width += widthOfCharacter(character);
    if (width > columns) break;
    taken = character + taken;
  }
  return taken;
}
