import type { ArgumentProblem, LoginProblem } from "../../../../provider/intent/account-problem";
import { fromWire } from "../../../../provider/model/bytes";
import { argumentSentences, loginSentences } from "../../../../provider/render/text/findings/accounts";
import { checkSentences } from "./check-sentences";

const shell = { field: "shell", value: fromWire("/bin/sh") } as const;
const home = { field: "home", value: fromWire("/home/b\x1b") } as const;

checkSentences<ArgumentProblem>("an argument", argumentSentences, {
  "jail-user-root": [
    [
      { user: "toor" },
      "the user toor of the jail has the number 0, and root leaves any chroot: name an account of the daemon's own, or say why in allowRoot",
    ],
  ],
  "account-root": [
    [
      { user: "toor" },
      "the user toor of accounts has the number 0: a jail should have no account with that number; leave it out, or give a reason in allowRoot",
    ],
  ],
  "number-shared": [
    [
      { of: "groups", names: ["a", "b"], id: 7 },
      "the groups a and b of accounts both have the number 7 on the host: leave one of them out",
    ],
  ],
});

checkSentences<LoginProblem>("a login", loginSentences, {
  "passwd-unread": [
    [
      { user: "bob", fields: ["shell", "home"] },
      "the jail's etc/passwd cannot be read, so the login of the user bob is unknown: declare shell and home",
    ],
  ],
  "login-unstated": [
    [
      { user: "bob", live: [shell, home] },
      'the user bob logs in with the shell /bin/sh and the home /home/b\\x1b by the jail\'s etc/passwd, and accounts do not state that: declare shell and home, or shell: "/usr/sbin/nologin" to end it',
    ],
  ],
});
