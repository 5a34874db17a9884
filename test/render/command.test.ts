import assert from "node:assert/strict";
import test, { describe } from "node:test";
import { commandText } from "../../provider/render/command";

describe("a command", () => {
  const text = (...argv: string[]) => commandText(argv, false);

  test("is shown as one would type it", () => {
    assert.equal(text("named-checkconf", "-t", "{root}", "{jailFile}"), "named-checkconf -t {root} {jailFile}");
    assert.equal(text("sh", "-c", "echo it's >/x", ""), "sh -c 'echo it'\\''s >/x' ''");
  });

  test("does nothing to a terminal", () => {
    assert.equal(text("echo", "\x1b[2J\n"), "echo '\\x1b[2J\\n'");
  });

  test("is cut where it is long, between two characters", () => {
    assert.equal(text("e".repeat(120)), "e".repeat(120));
    assert.equal(text("e", "€".repeat(200)), `e '${"€".repeat(117)}…`);
  });

  test("that is a secret tells its first word alone", () => {
    assert.equal(commandText(["sh", "-c", "key"], true), "sh …");
    assert.equal(commandText(["reload"], true), "reload");
  });
});
