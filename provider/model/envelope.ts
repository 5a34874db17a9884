import { isMap } from "./values";

/** The field by which the engine marks a map that stands for another value, and its values (sdk/go/common/resource/sig). */
export const envelopeMark: string = "4dabf18193072939515e22adb298388d";
export const secretMark = "1b47061264138c4ac30d75fd1eb44270";
export const outputMark = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
export const assetMark = "c44067f5952c0a294b673a41bacd8c17";
export const archiveMark = "0def7320c3a5731c473e5ecbe6d01bc7";

/** The mark of a value that stands for another one; undefined for any other value. */
export function markOf(value: unknown): unknown {
  return isMap(value) ? value[envelopeMark] : undefined;
}
