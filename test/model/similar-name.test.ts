import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { similarName } from "../../provider/model/similar-name";

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
    test(`${word} is ${meant}`, () => expect(similarName(word, names)).toBe(meant));

  test("that is the beginning or the end of some names means any of them, and of many names none", () => {
    expect(similarName("host", names)).toBe("hostLink or hostFile");
    expect(similarName("own", ["owner", "group"])).toBe("owner");
    expect(similarName("mode", ["aMode", "bcdeMode", "bcdfMode", "bcdgMode"])).toBe("aMode");
    expect(similarName("mode", ["abcdMode", "bcdeMode", "bcdfMode", "bcdgMode"])).toBe(undefined);
    expect(similarName("mode", ["match", "fileMode", "directoryMode"])).toBe("fileMode or directoryMode");
    expect(similarName("key", ["hostKey", "host"])).toBe("hostKey");
    assert.equal(similarName("hostkey", ["hostKey", "allowUnknownHostKey"]), "hostKey", "a nearer name comes first");
  });

  test("that is like none is none", () => {
    for (const word of ["", "x", "privateKey", "grant", "only"])
      assert.equal(similarName(word, names), undefined, word);
  });
});
