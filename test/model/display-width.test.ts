import { expect, test } from "@jest/globals";
import { cutEnd, cutMiddle, padded, widthOf } from "../../provider/model/display-width";

test("the width of a text is the columns that a terminal gives it", () => {
  const widths: [string, number][] = [
    ["etc/zones", 9],
    ["", 0],
    ["é", 1],
    ["e\u0301", 1],
    ["表示", 4],
    ["ｶﾅ", 2],
    ["ＡＢ", 4],
    ["한국", 4],
    ["🙂👩‍👩‍👧", 4],
    ["שלום", 4],
    ["…", 1],
  ];
  for (const [text, width] of widths) expect([text, widthOf(text)]).toStrictEqual([text, width]);
});

test("a text is cut and padded to columns, never inside a character", () => {
  expect(padded("表示", 6)).toBe("表示  ");
  expect(padded("abcdef", 3)).toBe("abcdef");
  expect([cutEnd("abcdef", 6), cutEnd("abcdef", 4), cutEnd("表示名", 4)]).toStrictEqual(["abcdef", "abc…", "表…"]);
  expect(cutMiddle("etc/zones/example.com.db", 12)).toBe("etc/z…com.db");
  for (const columns of [1, 2, 3, 4, 5, 6])
    for (const cut of [cutEnd, cutMiddle])
      expect(widthOf(cut("表示e\u0301名前abc", columns))).toBeLessThanOrEqual(columns);
});
