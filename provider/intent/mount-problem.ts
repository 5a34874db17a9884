import type { Bytes } from "../model/bytes";
import type { EntryType } from "../model/entry";
import type { PlaceProblem } from "./place-problem";

/** Why something cannot be mounted in a jail. */
export type MountProblem =
  | SourceProblem
  | MountPointProblem
  /** Linux, as the host tells its release; empty where it does not. */
  | { readonly problem: "kernel-old"; readonly release: string };

/** Why a path of the host cannot be bound. */
export type SourceProblem =
  | { readonly problem: "source-around-jail"; readonly source: Bytes }
  | { readonly problem: "source-in-jail"; readonly source: Bytes; readonly shows: "directory" | "file" | "socket" }
  | { readonly problem: "source-unsafe"; readonly source: Bytes; readonly place: PlaceProblem }
  | { readonly problem: "source-missing"; readonly source: Bytes }
  | { readonly problem: "source-unfit"; readonly source: Bytes; readonly type: EntryType }
  | { readonly problem: "socket-link"; readonly source: Bytes; readonly isToJournal: boolean }
  | { readonly problem: "socket-missing"; readonly source: Bytes; readonly isJournal: boolean }
  | { readonly problem: "socket-unfit"; readonly source: Bytes; readonly type: EntryType }
  | { readonly problem: "socket-no-datagram"; readonly source: Bytes };

/** Why nothing of the host can be shown at a place of the jail. */
export type MountPointProblem =
  | { readonly problem: "writable-above"; readonly above: string }
  | { readonly problem: "declared-below"; readonly path: Bytes }
  | { readonly problem: "writable-itself" }
  | { readonly problem: "others-write-above"; readonly above: Bytes };

/** Why a jail cannot have its log socket. */
export type LogSocketProblem =
  | MountPointProblem
  | { readonly problem: "mounted-over"; readonly mount: Bytes }
  | { readonly problem: "name-too-long"; readonly socket: Bytes; readonly longest: number }
  | { readonly problem: "directory-there" }
  | { readonly problem: "rsyslog-missing"; readonly program: Bytes };
