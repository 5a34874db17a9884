import { ChrootError } from "../errors";
import { Places } from "./places";
import type { Hop } from "./route";

/** Ten that have not logged in yet are what sshd allows by default (MaxStartups), of whichever client. */
const loginLimit = 8;

const doors = new Map<string, Places>();

/** Logs in where few enough do so at the same address, whoever they are: a jump host has many behind it. */
export async function atDoor<T>({ address, server }: Hop, login: () => Promise<T>): Promise<T> {
  const door = `${address}:${server.port}`;
  const places = doors.get(door) ?? new Places(loginLimit);
  doors.set(door, places);
  await places.enter();
  try {
    return await login();
  } catch (error) {
    if (error instanceof ChrootError && error.code === "dropped") places.narrow();
    throw error;
  } finally {
    places.leave();
  }
}
