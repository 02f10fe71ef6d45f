const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const STEP = 1_024;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A size as people say it: `12.3 GiB`. */
export function sizeText(bytes: number): string {
  let unit = 0;
  let size = bytes;
  for (; size >= STEP && unit < UNITS.length - 1; unit++) size /= STEP;
  return `${unit === 0 ? String(size) : size.toFixed(1)} ${UNITS[unit] ?? ''}`;
}

/** A time span as people say it, in its largest unit: `3 days`, `1.4 seconds`. */
export function spanText(millis: number): string {
  if (millis < MINUTE) return plural(Math.round(millis / 100) / 10, 'second');
  if (millis < HOUR) return plural(Math.floor(millis / MINUTE), 'minute');
  if (millis < 2 * DAY) return plural(Math.floor(millis / HOUR), 'hour');
  return plural(Math.floor(millis / DAY), 'day');
}

/** `1 key`, `2 keys`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${String(count)} ${count === 1 ? one : many}`;
}

/** `a, b and c` */
export function listed(names: readonly string[]): string {
  const [last, ...before] = names.toReversed();
  if (last === undefined) return 'none';
  return before.length === 0 ? last : `${before.toReversed().join(', ')} and ${last}`;
}
