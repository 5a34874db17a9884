import type { ErrorCode } from "../errors";
import { showRemote } from "../model/bytes";
import type { Connection } from "../model/connection";

/** How far sudo or doas got. */
export interface Attempt {
  /** Its stderr, without the prompts. */
  readonly said: string;
  /** Its stdout: the output of the account's login shell. */
  readonly printed: string;
  /** The user named in each password prompt. */
  readonly asked: readonly string[];
  /** Its exit status; none while it runs, and where it was killed or the connection was cut. */
  readonly status: number | undefined;
}

type Refusal = readonly [code: ErrorCode, why: string, remedy: string];

const expiry: Known = [
  /expired|change your password/i,
  "the account or its password has expired",
  "log in there and change the password, or renew the account (chage)",
];
const locked: Known = [
  /account validation failure|account.* locked/i,
  "the account is locked",
  "unlock it there (faillock --reset, passwd -u)",
];

type Known = readonly [words: RegExp, why: string, remedy: string];

/** The words of sudo, sudo-rs and doas in the C locale, each with its cause and the remedy for USER. */
const known: readonly Known[] = [
  expiry,
  locked,
  [
    /must have a tty/,
    "sudoers demands a terminal (requiretty)",
    "remove `Defaults requiretty` for this user: `Defaults:USER !requiretty`",
  ],
  [
    /not in the sudoers file|not allowed to execute|may not run sudo|NOT authorized|I'm sorry/,
    "sudoers does not allow this user to run /bin/sh as root",
    "allow it there with visudo: `USER ALL=(root) /bin/sh`",
  ],
  [
    /password is required|authentication is required/,
    "sudo asks for a password, but none is declared",
    "set connection.become.password, or allow the user NOPASSWD in sudoers",
  ],
  [
    /doas: Authentication required/,
    "doas asks for a password, which it reads from a terminal alone",
    "permit the user with nopass in doas.conf: `permit nopass USER as root`",
  ],
  [
    /doas: (Operation not permitted|doas is not enabled)/,
    "doas.conf does not permit this user to run /bin/sh as root",
    "permit it there: `permit nopass USER as root`",
  ],
];

const notAccepted = /incorrect (password|authentication) attempt|try again|authentication fail/i;

/** The reason why no command was started as root. */
export function becomeRefusal(
  { become, user = "root" }: Connection,
  { said, printed, asked, status }: Attempt,
): Refusal {
  const method = become?.method ?? "sudo";
  const because = known.find(([words]) => words.test(said));
  const [whose] = asked;
  // sudoers can change the words. A second prompt means that the password was refused, or that a new password is required.
  const isRefused = asked.length > 1 || notAccepted.test(said);
  if (whose !== undefined && isRefused && because !== expiry && because !== locked)
    return [
      "authentication",
      `sudo asks for the password of ${showRemote(whose)}, and does not accept connection.become.password, which was tried once`,
      "correct it; where more than a password is asked for, as a second factor, allow the user NOPASSWD in sudoers",
    ];
  if (because) return ["not-root", because[1], because[2].replace("USER", user)];
  // On a slow host the status comes after the words.
  const isMissing = new RegExp(`env: .*\\b${method}\\b.*No such file or directory`).test(said);
  if (status === 127 || isMissing)
    return ["not-root", `${method} is not installed`, `install ${method} there, or log in as root`];
  // sudo-rs writes these words around each prompt: they are no complaint.
  const complaint = said.replaceAll("[sudo: ] Password: ", "").trim();
  const words = showRemote(complaint === "" ? printed : complaint);
  if (words !== "") return ["not-root", `${method} was refused: ${words}`, "make it work there, or log in as root"];
  if (status === undefined) return ["cut", "the connection was cut", "run the command again"];
  return ["not-root", `${method} has ended with status ${status}`, "make it work there, or log in as root"];
}
