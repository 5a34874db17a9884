import type { Site } from "../agent/site";
import { connectionKey } from "../model/connection";
import type { Program } from "./program";

interface Told {
  readonly site: Site;
  readonly program: Program;
}

/** What this process has heard of all jails: those of one program may be new together, before any registry knows of them. */
const programs: Told[] = [];

export function announce(site: Site, program: Program): void {
  programs.push({ site, program });
}

/** The other jails of a host. */
export function jailsBeside({ connection, root }: Site): readonly Told[] {
  return programs.filter(
    ({ site }) => site.root !== root && connectionKey(site.connection) === connectionKey(connection),
  );
}
