import { bytesOf, show } from "../model/bytes";
import type { Connection } from "../model/connection";

/** The resource that an id of `pulumi import` names. */
interface Named {
  readonly connection: Pick<Connection, "host" | "port" | "user">;
  readonly root: string;
  /** The `match` or the `path` of a resource in the jail; undefined for the Jail. */
  readonly place: string | undefined;
}

/** `user@host:port:/root//place`; user, port and place may be absent, and an IPv6 address is in brackets. */
const form =
  /^(?:(?<user>[^@:/[\]]+)@)?(?:\[(?<v6>[^\]]+)\]|(?<name>[^@:/[\]]+))(?::(?<port>\d{1,5}))?:(?<path>\/.*)$/s;

/** Reads an id that a person gives. It holds no key: the host is reached as the provider's configuration says. */
export function readImportId(id: string): Named {
  const { user, v6, name, port, path = "" } = form.exec(id)?.groups ?? {};
  const host = v6 ?? name;
  if (host === undefined)
    throw new Error(
      `"${show(bytesOf(id))}" names no resource: give user@host:port:/root of a Jail, and //match or //path after it for a resource in one`,
    );
  const [root = "", ...rest] = path.split("//");
  const connection = {
    host,
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(user === undefined ? {} : { user }),
  };
  return { connection, root, place: rest.length === 0 ? undefined : rest.join("//") };
}
