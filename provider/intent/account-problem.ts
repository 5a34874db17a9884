import type { Bytes } from "../model/bytes";

/** Why an argument does not fit the users and groups of the host. */
export type ArgumentProblem =
  /** The number of the jail's user is 0. */
  | { readonly problem: "jail-user-root"; readonly user: string }
  /** The number of a user of `accounts` is 0. */
  | { readonly problem: "account-root"; readonly user: string }
  /** Two names of `accounts` have one number. */
  | {
      readonly problem: "number-shared";
      readonly of: "users" | "groups";
      readonly names: readonly [string, string];
      readonly id: number;
    };

/** The fields of a user's passwd line that decide whether the user can log in. */
export type LoginField = "shell" | "home";

/** Why a user of the jail would not be able to log in any more. */
export type LoginProblem =
  | { readonly problem: "passwd-unread"; readonly user: string; readonly fields: readonly LoginField[] }
  /** The jail's passwd has these values, and `accounts` leaves them out. */
  | { readonly problem: "login-unstated"; readonly user: string; readonly live: readonly LiveField[] };

interface LiveField {
  readonly field: LoginField;
  readonly value: Bytes;
}
