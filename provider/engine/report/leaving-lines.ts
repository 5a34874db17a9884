import { formatPlace, type Site } from "../../agent/site";
import type { Finding } from "../../intent/finding";
import type { Plan } from "../../plan/plan";
import { stayText } from "../../render/text/removal";

/** At most this many files are named. */
const most = 20;

/** The lines of a Jail's preview on files of resources that the program has dropped. The engine may yet delete none of these. */
export function leavingLines({ leaving }: Plan, site: Site): string[] {
  const lines = leaving.slice(0, most).map(({ claim: { at, by, is }, why }) => {
    const end = why === undefined ? `removes this ${is.type}` : `leaves this ${is.type}, as it ${stayText(why)}`;
    return `${formatPlace(site, at)}: ${by.label} is no longer declared, and its deletion ${end}`;
  });
  const more = leaving.length - lines.length;
  const rest = `and ${more.toLocaleString("en-US")} more files of resources that are no longer declared`;
  return more > 0 ? [...lines, rest] : lines;
}

/** The findings without undeclared entries that have a line of these. */
export function otherFindings({ leaving, findings }: Plan): Finding[] {
  const told = new Set(leaving.map(({ claim }) => claim.at));
  const isTold = ({ id, at, accepted }: Finding) =>
    id === "undeclared-entry" && accepted === undefined && at !== undefined && told.has(at);
  return findings.filter((finding) => !isTold(finding));
}
