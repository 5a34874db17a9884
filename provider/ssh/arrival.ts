import { setTimeout } from "node:timers/promises";
import { ChrootError, isAway } from "../errors";
import type { Connection } from "../model/connection";
import { connectBy, declaredKey, isConnected, keyOf, onTheWay } from "./host";
import { type Route, routeOf } from "./route";

const arrivals = new Map<string, Promise<void>>();

/**
 * Waits for a host that may still be about to come up, by dialling it as often as dialErrorLimit allows, each jump host before it
 * likewise. One wait for all who ask, and one verdict: who comes later does not begin again.
 */
export function arrival(connection: Connection): Promise<void> {
  return shared(declaredKey(connection), async () => {
    if (await isConnected(connection)) return;
    const route = routeOf(connection);
    await arrived(route, connection).catch((error: unknown) => {
      throw onTheWay(error, route);
    });
  });
}

function arrived(route: Route, connection: Connection): Promise<void> {
  return shared(keyOf(route, connection), () => dialled(route, connection));
}

function shared(key: string, wait: () => Promise<void>): Promise<void> {
  const arrival = arrivals.get(key) ?? wait();
  arrivals.set(key, arrival);
  return arrival;
}

async function dialled(route: Route, connection: Connection): Promise<void> {
  const jump = route.at(-2)?.server;
  if (jump) await arrived(route.slice(0, -1), jump);
  const limit = connection.dialErrorLimit ?? 10;
  for (let times = 1; ; times++) {
    try {
      await connectBy(route, connection);
      return;
    } catch (error) {
      // A refused key or login does not mend itself.
      if (!(error instanceof ChrootError) || !isAway(error)) throw error;
      if (limit !== -1 && times >= limit)
        throw times === 1 ? error : error.adding({ why: `tried ${times} times (connection.dialErrorLimit)` });
    }
    await setTimeout(1000 + 1000 * Math.random());
  }
}
