import type { Bytes } from "../model/bytes";

/** Why a daemon cannot be started safely on a host. */
export type LaunchProblem =
  | { readonly problem: "root-number" }
  /** The host lacks a tool or a feature; `told` is its own text. */
  | { readonly problem: "tool-missing"; readonly told: string }
  | { readonly problem: "systemd-absent" }
  /** The host has the daemon's user in these groups, too. */
  | { readonly problem: "extra-groups"; readonly groups: readonly number[] }
  | { readonly problem: "path-unfit"; readonly path: string }
  | { readonly problem: "unit-hidden"; readonly unit: string; readonly file: Bytes }
  /** The directory of an `own` file is for this unit alone. */
  | { readonly problem: "unit-changed"; readonly unit: string; readonly file: Bytes; readonly isOwn: boolean }
  | ExposureProblem;

/** A jail can reach a launcher. */
export type ExposureProblem =
  | { readonly problem: "launcher-in-jail"; readonly launcher: string; readonly root: string }
  | { readonly problem: "launcher-shown"; readonly launcher: string; readonly mount: Bytes };
