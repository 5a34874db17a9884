import { expect, test } from "@jest/globals";
import { RepeatedText } from "../../../provider/engine/log/repeated-text";

const stack = "dns/dev";
const [jail, file, wrapper] = ["Jail::j", "JailFile::f", "Wrapper::w"].map((label) => ({
  label,
  stack,
  declaresJail: label === "Jail::j",
})) as [Teller, Teller, Teller];
type Teller = Parameters<RepeatedText["once"]>[1];
const down = `not checked: ${"the host is down; ".repeat(10)}`;

test("what several have to say is said in full by the first, as often as it is asked, and by the others in short", () => {
  const said = new RepeatedText();
  expect(said.once(down, file)).toBe(down);
  expect(said.once(down, wrapper)).toBe("not checked: as JailFile::f says");
  expect(said.once(down, file)).toBe(down);
  const other = `refused: ${"another reason ".repeat(10)}`;
  expect(said.once(other, wrapper)).toBe(other);
});

test("what the Jail has said is said by no other resource of its stack", () => {
  const said = new RepeatedText();
  expect(said.once(down, file)).toBe(down);
  expect(said.once(down, jail)).toBe("not checked: as JailFile::f says");
  for (const one of [wrapper, file]) expect(said.once(down, one)).toBe(undefined);
  expect(said.once(down, { ...wrapper, stack: "guests/dev" })).toBe("not checked: as JailFile::f says");
  expect(said.once("refused: no", wrapper)).toBe("refused: no");
});

test("what is short already is said as it is", () => {
  const said = new RepeatedText();
  for (const by of [file, jail]) expect(said.once("refused: no", by)).toBe("refused: no");
});

test("a line of a resource that is replaced, and so checked twice, is said once; another resource has it too", () => {
  const said = new RepeatedText();
  expect([said.isNew("urn:a", "x"), said.isNew("urn:a", "x")]).toStrictEqual([true, false]);
  expect([said.isNew("urn:a", "y"), said.isNew("urn:b", "x")]).toStrictEqual([true, true]);
});
