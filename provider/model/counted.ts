/** A number for people: `1,234`. */
export function number(count: number): string {
  return count.toLocaleString("en-US");
}

/** `1 host`, `12 hosts`. */
export function counted(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
}
