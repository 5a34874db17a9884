import { expect, test } from "@jest/globals";
import { RepeatedText } from "../../../provider/engine/log/repeated-text";

test("what several have to say is said in full by the first, as often as it is asked, and by the others in short", () => {
  const said = new RepeatedText();
  const down = `not checked: ${"the host is down; ".repeat(10)}`;
  expect(said.once(down, "Jail::j")).toBe(down);
  expect(said.once(down, "JailFile::f")).toBe("not checked: as Jail::j says");
  expect(said.once(down, "Jail::j")).toBe(down);
  const other = `refused: ${"another reason ".repeat(10)}`;
  expect(said.once(other, "JailFile::f")).toBe(other);
});

test("what is short already is said as it is", () => {
  const said = new RepeatedText();
  for (const by of ["Jail::j", "JailFile::f"]) expect(said.once("refused: no", by)).toBe("refused: no");
});

test("a line of a resource that is replaced, and so checked twice, is said once; another resource has it too", () => {
  const said = new RepeatedText();
  expect([said.isNew("urn:a", "x"), said.isNew("urn:a", "x")]).toStrictEqual([true, false]);
  expect([said.isNew("urn:a", "y"), said.isNew("urn:b", "x")]).toStrictEqual([true, true]);
});
