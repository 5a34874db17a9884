import assert from "node:assert/strict";
import test, { describe } from "node:test";
import { nearName } from "../../provider/resources/near";

const names = ["mode", "owner", "group", "hostLink", "hostFile", "onChange", "reason"];

describe("a misspelt name", () => {
  for (const [word, meant] of [
    ["mod", "mode"],
    ["modes", "mode"],
    ["mdoe", "mode"],
    ["hostlink", "hostLink"],
    ["hostFiel", "hostFile"],
    ["onchange", "onChange"],
    ["oner", "owner"],
    ["raeson", "reason"],
  ] as const)
    test(`${word} is ${meant}`, () => assert.equal(nearName(word, names), meant));

  test("that is like none is none", () => {
    for (const word of ["", "x", "privateKey", "grant", "only"]) assert.equal(nearName(word, names), undefined, word);
  });
});
