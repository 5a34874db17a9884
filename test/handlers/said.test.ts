import assert from "node:assert/strict";
import test from "node:test";
import { Said } from "../../provider/handlers/said";

test("what several have to say is said in full by the first, as often as it is asked, and by the others in short", () => {
  const said = new Said();
  const down = `not checked: ${"the host is down; ".repeat(10)}`;
  assert.equal(said.once(down, "Jail::j"), down);
  assert.equal(said.once(down, "JailFile::f"), "not checked: as Jail::j says");
  assert.equal(said.once(down, "Jail::j"), down);
  const other = `refused: ${"another reason ".repeat(10)}`;
  assert.equal(said.once(other, "JailFile::f"), other);
});

test("what is short already is said as it is", () => {
  const said = new Said();
  for (const by of ["Jail::j", "JailFile::f"]) assert.equal(said.once("refused: no", by), "refused: no");
});
