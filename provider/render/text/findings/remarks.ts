import type { Finding } from "../../../intent/finding";
import type { FindingId } from "../../../intent/finding-kinds";
import { show } from "../../../model/bytes";
import type { Principals } from "../../../model/entry";
import { findingLine, findingText, newMark } from "./finding-text";
import { placeText } from "./refusals";

/** The most sockets and FIFOs that are named. */
const mostChannels = 20;

/** Remarks about a jail that are no drift, in lines. */
export function remarks(findings: readonly Finding[], principals: Principals): string[] {
  const texts = (id: FindingId) =>
    findings.filter((finding) => finding.id === id).map((finding) => findingLine(finding, principals));
  const acceptedEntries = findings.filter(({ id, accepted }) => id === "undeclared-entry" && accepted !== undefined);
  const channels = texts("open-channel");
  const more = channels.length - mostChannels;
  return [
    ...texts("host-limit"),
    ...texts("undeclared-mount"),
    ...channels.slice(0, mostChannels),
    ...(more > 0 ? [`and ${more.toLocaleString("en-US")} more sockets and FIFOs of root's`] : []),
    ...texts("damaged-record"),
    ...undeclaredLine(findings),
    ...acceptedEntries.map((finding) => findingText(finding)),
  ];
}

/** One line that names the undeclared entries. */
function undeclaredLine(findings: readonly Finding[]): string[] {
  const shown = findings.flatMap((one) =>
    one.id === "undeclared-entry" && one.at !== undefined && one.accepted === undefined
      ? [`${show(one.at)}${newMark(one)}`]
      : [],
  );
  const more = findings.flatMap((finding) =>
    finding.id === "more-undeclared-entries" ? [finding.evidence.count] : [],
  );
  if (shown.length === 0) return [];
  const rest = more.map((count) => ` and ${count.toLocaleString("en-US")} more`).join("");
  return [
    `not declared by any resource, held to the baseline (undeclared: "ignore" ends this line): ${shown.join(", ")}${rest}`,
  ];
}

/** Mounts and entries that no resource declares, for the outputs of a Jail. */
export function undeclaredTexts(findings: readonly Finding[]): string[] {
  const mounts = findings.filter(({ id }) => id === "undeclared-mount");
  const entries = findings.filter(({ id }) => id === "undeclared-entry" || id === "more-undeclared-entries");
  return [
    ...mounts.map(({ at }) => `${placeText(at)}: a mount that no resource declares`),
    ...entries.map((finding) => findingText(finding)),
  ];
}
