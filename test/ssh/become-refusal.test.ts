import { expect, test } from "@jest/globals";
import { connectionArgs } from "../../provider/model/connection";
import { type Attempt, becomeRefusal } from "../../provider/ssh/become-refusal";

const connection = connectionArgs.parse({
  host: "h",
  user: "admin",
  become: { method: "sudo", password: "x" },
});
const prompt = "[sudo: ] Password: ";

/** The words of sudo-rs 0.2.15 to a `Become` on a lab host: few distributions have it beside sudo. */
for (const [said, asked, code, why] of [
  ["sudo: I'm sorry admin. I'm afraid I can't do that\n", [], "not-root", /^sudoers does not allow this user to run/],
  [
    "sudo: interactive authentication is required\n",
    [],
    "not-root",
    /^sudo asks for a password, but none is declared$/,
  ],
  [
    `${prompt}\nsudo: Authentication failed, try again.\n${prompt}`,
    ["admin", "admin"],
    "authentication",
    /^sudo asks for the password of admin, and does not accept/,
  ],
  [`${prompt}\nsudo: PAM error: User account has expired\n`, ["admin"], "not-root", /^the account or its password has/],
  [
    `${prompt}\nsudo: PAM error: Permission denied\n`,
    ["admin"],
    "not-root",
    /^sudo was refused: sudo: PAM error: Permission denied$/,
  ],
  [
    "sudo: invalid configuration: /etc/sudoers cannot be world-writable\n",
    [],
    "not-root",
    /^sudo was refused: sudo: invalid configuration: .* world-writable$/,
  ],
] as const)
  test(`sudo-rs is understood: ${said.trim().split("\n")[asked.length > 0 ? 1 : 0]}`, () => {
    const attempt: Attempt = { said, printed: "", asked, status: 1 };
    const [is, reason] = becomeRefusal(connection, attempt);
    expect(is).toBe(code);
    expect(reason).toMatch(why);
  });

test("a missing sudo is told by the words of env, as the status may come after them", () => {
  for (const said of [
    "env: 'sudo': No such file or directory\n",
    "env: can't execute 'sudo': No such file or directory\n",
  ]) {
    const [, reason] = becomeRefusal(connection, {
      said: `Could not chdir to home\n${said}`,
      printed: "",
      asked: [],
      status: undefined,
    });
    expect(reason).toBe("sudo is not installed");
  }
});
