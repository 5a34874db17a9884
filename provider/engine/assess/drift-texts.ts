import type { Owner } from "../../intent/owner";
import { type Bytes, show } from "../../model/bytes";
import { type DifferenceText, differenceText, uncheckedText } from "../../render/text/difference-text";
import { type DriftTexts, driftLimit } from "../../render/text/drift-map";
import { findingText } from "../../render/text/findings/finding-text";
import { groupName, groupText } from "../../render/text/group-text";
import { forecast } from "../../render/text/summary";
import { type Assessment, differencesOf, uncheckedOf } from "./assessment";

// Names in a jail's root that would be something else as the key of a map: a remark, a key that Pulumi hides or a mark of
// its own (pkg/resource/sig), or no key at all.
const notAKey = /^\(|^__|^4dabf18193072939515e22adb298388d$/;

/** A resource's differences in words, by path. */
export function differenceTexts(assessment: Assessment, owner: Owner): DriftTexts {
  const texts = new Map<string, DifferenceText>();
  // Worst first: a part that is not checked may hide anything.
  for (const [key, whys] of uncheckedByKey(assessment, owner)) texts.set(key, uncheckedText(whys.join("; ")));
  const { each, groups } = forecast(differencesOf(assessment, owner), driftLimit);
  for (const difference of each) {
    const key = keyOf(difference.path);
    const known = texts.get(key);
    // A missing mount implies that its mount point is missing.
    if (known && !known.isUnchecked && !difference.mount) continue;
    texts.set(known?.isUnchecked ? `${key} (differs too)` : key, differenceText(difference, assessment.observation));
  }
  // No path has a key like this.
  for (const group of groups) texts.set(`(${groupName(group)})`, groupText(group, assessment.observation));
  return texts;
}

function uncheckedByKey(assessment: Assessment, owner: Owner): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const finding of uncheckedOf(assessment, owner)) {
    const { at } = finding;
    const key = at === undefined ? wholeJail : keyOf(at);
    found.set(key, [...(found.get(key) ?? []), findingText(finding)]);
  }
  return found;
}

/** Key for a part of the jail that is no path. */
const wholeJail = "(jail)";

function keyOf(path: Bytes): string {
  const text = show(path);
  return notAKey.test(text) ? `./${text}` : text;
}
