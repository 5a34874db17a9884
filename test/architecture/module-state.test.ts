import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { provider, sources } from "./sources";

/** The agent's program, which never changes; and facts of a Pulumi program by an object of the SDK, gone with that object. */
const allowed = ["agent/channel/shell-program.ts", "resources/jail/resource.ts", "resources/turn.ts"];

test("no module keeps a state: everything that a process learns is in the fields of its engine", () => {
  const keeps = (file: string) => {
    const text = readFileSync(join(provider, file), "utf8");
    const collections = [...text.matchAll(/^(?:export )?const (\w+)(?:: [^=]+)? = (?:new \w+|\[|\{)/gm)];
    const isChanged = ([, name]: RegExpMatchArray) =>
      new RegExp(`\\b${name}(\\[[^\\]]+\\] = |\\.(set|add|delete|clear|push|splice|pop|shift)\\()`).test(text);
    return /^(?:export )?let /m.test(text) || collections.some(isChanged);
  };
  expect(sources.filter(keeps)).toStrictEqual(allowed);
});
