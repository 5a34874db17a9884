/** How long ago something has changed, in the largest unit that is whole: `2 h`. */
export function ageText(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, seconds)} s`;
  if (seconds < 60 * minute) return `${Math.floor(seconds / minute)} min`;
  if (seconds < 2 * day) return `${Math.floor(seconds / hour)} h`;
  return `${Math.floor(seconds / day).toLocaleString("en-US")} days`;
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
