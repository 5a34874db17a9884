import { lookup } from "node:dns/promises";
import { setTimeout } from "node:timers/promises";
import type { Hop } from "./route";

/** The error of the resolver where a name has no address. It is undefined also where the resolver does not answer in time. */
export function unknownName({ address, source, limit }: Hop): Promise<NodeJS.ErrnoException | undefined> {
  const answer = lookup(address, source.family === undefined ? {} : { family: source.family }).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => (error.code === "ENOTFOUND" ? error : undefined),
  );
  return Promise.race([answer, setTimeout(limit, undefined, { ref: false })]);
}
