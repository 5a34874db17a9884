import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

const source = join(__dirname, "..", "..", "..", "provider", "agent", "host", "75-files.sh");

for (const flavour of ["gnu", "busybox"] as const) {
  let host: LabHost;
  useHost({ flavour }, (made) => {
    host = made;
  });

  // A shell that has just been forked loses a signal that it could catch: then its parent would wait for it for ever, and
  // say every four seconds that it is still there.
  test(`what says that something takes its time ends with it, however soon that is (${flavour})`, async () => {
    const loop =
      "say() { :; }; pulse() { :; }; n=0; while [ $n -lt 1000 ]; do tick; untick; n=$((n + 1)); done; echo all";
    const text = `trap 'exit 129' HUP INT TERM PIPE\n${readFileSync(source, "utf8")}\n${loop}`;
    const running = host.spawn(["timeout", "60", "sh", "-c", text]);
    let said = "";
    running.stdout?.on("data", (data) => {
      said += data;
    });
    await new Promise((resolve) => running.once("close", resolve));
    expect(said).toBe("all\n");
  });
}
