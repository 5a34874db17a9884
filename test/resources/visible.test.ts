import { expect, test } from "@jest/globals";
import { z } from "zod";
import { argumentFailures } from "../../provider/resources/argument-failures";
import { kinds } from "../../provider/resources/kinds";
import { visible } from "../../provider/resources/visible";

/** The top-level arguments that may hold a secret: marking one of them visible by mistake must fail. */
const hidden = ["connection", "content", "jail", "onChange", "restart", "source", "validate"];

for (const kind of kinds.values()) {
  test(`an argument that a ${kind.name} gets without a mark is hidden in a mistake`, () => {
    const schema = kind.schema.safeExtend({ pin: z.string().max(4), size: z.string().max(4).meta(visible) });
    const failures = argumentFailures({ ...kind, schema }, { pin: "12345", size: "12345" });
    const about = (name: string) =>
      failures.filter(({ property, reason }) => property === name || reason.startsWith(`${name}:`));
    expect(about("pin")).toStrictEqual([{ property: "", reason: "pin: is longer than 4 characters" }]);
    expect(about("size")).toStrictEqual([{ property: "size", reason: "is longer than 4 characters" }]);
  });
}

test("the arguments that may hold a secret are hidden", () => {
  const found = [...kinds.values()].flatMap(({ schema }) =>
    Object.entries(schema.shape).flatMap(([name, argument]) => (argument.meta()?.["isVisible"] === true ? [] : name)),
  );
  expect([...new Set(found)].sort()).toStrictEqual(hidden);
});
