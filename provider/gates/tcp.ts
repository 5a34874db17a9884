import { connect } from "node:net";
import { place } from "../fleet/gate-name";
import { networkWords } from "./network-words";
import type { Target } from "./target";

/** Whether a port accepts a connection. */
export function tcpTarget(host: string, port: number): Target {
  return {
    at: place(host, port),
    limit: 10_000,
    probe: (signal) =>
      new Promise((resolve) => {
        const socket = connect({ host, port, signal });
        // After a reset of an accepted connection an error may follow.
        socket.on("error", (error) => resolve({ why: networkWords(error) }));
        socket.on("connect", () => {
          socket.destroy();
          resolve(undefined);
        });
      }),
  };
}
