import type { ArgumentProblem, LoginProblem } from "../../../intent/account-problem";
import { show } from "../../../model/bytes";
import { passwdDefaults, passwdPath } from "../../../model/passwd";
import type { ProblemSentences } from "./sentence";

/** Reasons why an argument does not fit the accounts of the host. */
export const argumentSentences: ProblemSentences<ArgumentProblem> = {
  "jail-user-root": ({ user }) => ({
    what: `the user ${user} of the jail has the number 0, and root leaves any chroot`,
    remedy: "name an account of the daemon's own, or say why in allowRoot",
  }),
  "account-root": ({ user }) => ({
    what: `the user ${user} of accounts has the number 0`,
    remedy: "a jail should have no account with that number; leave it out, or give a reason in allowRoot",
  }),
  "number-shared": ({ of, names, id }) => ({
    what: `the ${of} ${names.join(" and ")} of accounts both have the number ${id} on the host`,
    remedy: "leave one of them out",
  }),
};

/** Reasons why a user would not be able to log in any more. */
export const loginSentences: ProblemSentences<LoginProblem> = {
  "passwd-unread": ({ user, fields }) => ({
    what: `the jail's ${passwdPath} cannot be read, so the login of the user ${user} is unknown`,
    remedy: `declare ${fields.join(" and ")}`,
  }),
  "login-unstated": ({ user, live }) => ({
    what: `the user ${user} logs in with ${live.map(({ field, value }) => `the ${field} ${show(value)}`).join(" and ")} by the jail's ${passwdPath}, and accounts do not state that`,
    remedy: `declare ${live.map(({ field }) => field).join(" and ")}, or shell: "${passwdDefaults.shell}" to end it`,
  }),
};
