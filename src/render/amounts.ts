/** `1.2 GB`: decimal units, as ICA and storage bills count. */
export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let amount = bytes;
  let unit = 0;
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || amount >= 99.95 ? 0 : 1;
  return `${amount.toFixed(digits).replace(/\.0$/, "")} ${units[unit]}`;
}

/** `1 file`, `3 files`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** `1 second`, `12 minutes`, `3 hours 20 minutes`. */
export function durationText(seconds: number): string {
  return timeText(seconds, (count, unit) => counted(count, unit));
}

/** `1 s`, `12 min`, `3 h 20 min`. */
export function shortDuration(seconds: number): string {
  const short = { second: "s", minute: "min", hour: "h" };
  return timeText(seconds, (count, unit) => `${count} ${short[unit]}`);
}

/** Two units at most; seconds and minutes as long as people count them. */
function timeText(seconds: number, words: (count: number, unit: "second" | "minute" | "hour") => string): string {
  if (seconds < 120) return words(Math.ceil(seconds), "second");
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return words(minutes, "minute");
  const rest = minutes % 60;
  return `${words(Math.floor(minutes / 60), "hour")}${rest === 0 ? "" : ` ${words(rest, "minute")}`}`;
}
