#!/usr/bin/env node
import { messageOf } from "../errors";
import { printable } from "../model/bytes";
import { exitStatus } from "./exit-status";
import { program } from "./program";

// A fleet's file may leave a promise alone. While programs of units run, the SDK finds the one that is at fault.
process.on("uncaughtException", (error) => {
  if (process.listenerCount("uncaughtException") > 1) return;
  process.stderr.write(`pulumi-chroot: an error that no code has caught: ${printable(messageOf(error))}\n`);
  process.exit(exitStatus.failed);
});

program()
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`pulumi-chroot: ${printable(messageOf(error))}\n`);
    process.exitCode = exitStatus.failed;
  });
