import { readFile } from "node:fs/promises";
import { messageOf } from "../errors";
import { type StackState, stackStateOf, unreadState } from "./stack-state";

/** Reads states that `pulumi stack export --show-secrets` has written into files: for machines without the Pulumi CLI. */
export function readExports(files: readonly string[]): Promise<StackState[]> {
  return Promise.all(
    files.map((file) =>
      readFile(file, "utf8").then(
        (text) => stackStateOf(file, text),
        (error: unknown) => unreadState(file, messageOf(error)),
      ),
    ),
  );
}
