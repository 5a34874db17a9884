import { KnownBinaries } from "./binaries";
import { KnownSources } from "./bind-sources";
import { KnownFiles } from "./file-facts";
import { KnownHostClaims } from "./host-claims";
import { KnownLaunches } from "./launches";
import { KnownLinks } from "./links";
import { KnownLogins } from "./logins";
import { KnownMounts } from "./mounts";

/** Answers of a host about one observation: each question is asked once. */
export interface HostAnswers {
  readonly files: KnownFiles;
  readonly launches: KnownLaunches;
  readonly binaries: KnownBinaries;
  readonly links: KnownLinks;
  readonly sources: KnownSources;
  readonly hostClaims: KnownHostClaims;
  readonly mounts: KnownMounts;
  readonly logins: KnownLogins;
}

export function noAnswers(): HostAnswers {
  return {
    files: new KnownFiles(),
    launches: new KnownLaunches(),
    binaries: new KnownBinaries(),
    links: new KnownLinks(),
    sources: new KnownSources(),
    hostClaims: new KnownHostClaims(),
    mounts: new KnownMounts(),
    logins: new KnownLogins(),
  };
}
