import type { Evidence } from "../../../intent/finding-kinds";
import { formatOwner } from "../../../intent/owner";
import { bytesOf, show, showRemote } from "../../../model/bytes";
import { hostPlaceSentences } from "./host-places";
import { placeText } from "./refusals";
import { problemSentence, type Sentences } from "./sentence";

type PlaceId =
  | "place-unfit"
  | "link-in-the-way"
  | "parent-unfit"
  | "powers-untrusted"
  | "powers-replaceable"
  | "place-shared"
  | "source-missing"
  | "source-unsafe"
  | "host-link-astray"
  | "host-place-unsafe"
  | "host-place-unfit"
  | "host-place-shared";

/** Reasons against a put or a change at a place. */
export const placeSentences: Sentences<PlaceId> = {
  "place-unfit": ({ at, evidence: { is, link } }) => {
    if (link) {
      const { target, reason } = link;
      return {
        what: `${placeText(at)} is a directory, and is to be a link to ${show(target)} (${show(bytesOf(reason))}); up never replaces a directory`,
        remedy: "move its files to where the link leads, then remove the directory",
      };
    }
    const [what, remedy] = unfit[is];
    return { what: `${placeText(at)} ${what}`, remedy };
  },
  "link-in-the-way": ({ at, evidence: { below, to } }) => {
    const name = `${placeText(at)}${below === undefined ? "" : `, which is above ${show(below)},`} is a link`;
    if (to === undefined) return { what: `${name} that leads nowhere in the jail`, remedy: "remove it, or correct it" };
    return {
      what: `${name} that users other than root may change, or could until now`,
      remedy: `declare ${show(to)}, which it leads to, or remove it`,
    };
  },
  "parent-unfit": ({ at, evidence: { below, type } }) => ({
    what: `${placeText(at)}, which is above ${show(below)}, is a ${type}`,
    remedy: "remove it, or declare another path",
  }),
  "powers-untrusted": ({ at, evidence: { powers, above } }) => ({
    what: `${placeText(at)} is to get ${powers}, and users other than root could write in ${show(above)} until now`,
    remedy:
      "check that it is the right program, give it and the directories above it to root (the Jail's own update does), then run the command again",
  }),
  "powers-replaceable": ({ at, evidence: { powers, above } }) => ({
    what: `${placeText(at)} is declared with ${powers}, and users other than root may write in ${show(above)}: a user who replaces the file would have its rights`,
  }),
  "place-shared": ({ at, evidence: { rival } }) => ({
    what: `${formatOwner(rival)} puts ${placeText(at)} there too`,
    remedy: "one of the two has to go",
  }),
  "source-missing": ({ evidence: { path } }) => ({
    what: `the host has no file ${show(path)} that could be read`,
    remedy: "correct its name, or install it there",
  }),
  "source-unsafe": ({ evidence: { path, told } }) => ({
    what: `the host's ${show(path)} is not taken: ${showRemote(told)}`,
  }),
  "host-link-astray": ({ at, evidence }) => ({
    what: `${placeText(at)} is to lead into the jail, and users other than root may write ${astrayText(evidence)}: what root reads, sources or runs at the link would be theirs; put it where only root may write, or leave hostLink out`,
  }),
  "host-place-unsafe": ({ at, evidence }) => {
    const { what, ...rest } = problemSentence(hostPlaceSentences, evidence);
    return { what: `${placeText(at)} ${what}`, ...rest };
  },
  "host-place-unfit": ({ at, evidence: { type, mayOverwrite } }) => ({
    what: `${placeText(at)} is a ${type}`,
    remedy: mayOverwrite ? "move it away, or set overwrite: true" : "move it away",
  }),
  "host-place-shared": ({ at, evidence: { rival, root } }) => ({
    what: `${formatOwner(rival)} puts ${placeText(at)} there too, for the jail ${show(bytesOf(root))}`,
    remedy: "give one of the two another path, or remove it",
  }),
};

const unfit: Readonly<Record<Evidence["place-unfit"]["is"], readonly [what: string, remedy: string]>> = {
  directory: ["is a directory", "remove it, or declare another path"],
  mount: ["is at or below a mount point, which is left alone", "declare a path of the jail itself"],
  excluded: ["is excluded by the Jail", "leave one of the two out"],
  "declared directory": ["is declared as a directory too", "leave one of the two out"],
};

function astrayText({ way, place }: Evidence["host-link-astray"]): string {
  switch (way) {
    case "in":
      return place === "." ? "in the jail's root" : `in ${show(place)}`;
    case "mounted":
      return `in the mount at ${show(place)}, which no look enters`;
    case "unread link":
      return `behind the link ${show(place)}, which cannot be read`;
    case "itself":
      return show(place);
  }
}
