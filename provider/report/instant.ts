const shape = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z$/;

/** The milliseconds since 1970 of a time in ISO 8601, UTC; undefined for any other text. */
export function millisecondsOf(iso: string | undefined): number | undefined {
  const found = shape.exec(iso ?? "");
  if (!found) return undefined;
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = found.slice(1, 7).map(Number);
  const fraction = Number(`0.${found[7] ?? 0}`) * 1000;
  return (((dayNumber(year, month, day) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + fraction;
}

/** The milliseconds between two times; undefined where one is unknown. */
export function between(started: string | undefined, ended: string | undefined): number | undefined {
  const [from, to] = [millisecondsOf(started), millisecondsOf(ended)];
  // A clock can jump back.
  return from === undefined || to === undefined ? undefined : Math.max(0, to - from);
}

/** Days since 1970-01-01 in the Gregorian calendar, in which the year of the sum begins in March. */
function dayNumber(year: number, month: number, day: number): number {
  const [years, months] = month > 2 ? [year, month - 3] : [year - 1, month + 9];
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  return years * 365 + leapDays + Math.floor((153 * months + 2) / 5) + day - 1 - 719_468;
}
