import { describe, expect, test } from "@jest/globals";
import { commandText } from "../../../provider/render/text/command";

describe("a command", () => {
  const text = (...argv: string[]) => commandText(argv, false);

  test("is shown as one would type it", () => {
    expect(text("named-checkconf", "-t", "{root}", "{jailFile}")).toBe("named-checkconf -t {root} {jailFile}");
    expect(text("sh", "-c", "echo it's >/x", "")).toBe("sh -c 'echo it'\\''s >/x' ''");
  });

  test("does nothing to a terminal", () => {
    expect(text("echo", "\x1b[2J\n")).toBe("echo '\\x1b[2J\\n'");
  });

  test("is cut where it is long, between two characters", () => {
    expect(text("e".repeat(120))).toBe("e".repeat(120));
    expect(text("e", "€".repeat(200))).toBe(`e '${"€".repeat(117)}…`);
  });

  test("that is a secret tells its first word alone", () => {
    expect(commandText(["sh", "-c", "key"], true)).toBe("sh …");
    expect(commandText(["reload"], true)).toBe("reload");
  });
});
