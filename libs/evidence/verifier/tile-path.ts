/** Address of a tile, or of the entries under one, below a log's prefix (c2sp.org/tlog-tiles). */
export interface TilePath {
  /** `entries`: not hashes, but what the leaves of that place are over. */
  readonly level: number | 'entries';
  /** Place within the level, from 0. */
  readonly index: number;
  /** How many are asked for: 256 of a full tile, fewer of one that is partly filled. */
  readonly width: number;
}

const FULL = 256;
const LEVEL = /^(0|[1-9][0-9]?)$/;
const WIDTH = /^[1-9][0-9]{0,2}$/;

/** `tile/0/x001/234` and the like, without a slash before it. */
export function tilePath({ level, index, width }: TilePath): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/.{3}/g) ?? [];
  const place = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  const partial = width === FULL ? '' : `.p/${String(width)}`;
  return `tile/${String(level)}/${place}${partial}`;
}

/** Reads a {@link tilePath}; undefined where it is spelled in any other way. */
export function parseTilePath(path: string): TilePath | undefined {
  const [, levelled, place, widened] =
    /^tile\/([^/]+)\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/(\d+))?$/.exec(path) ?? [];
  if (levelled === undefined || place === undefined) return undefined;
  const level: TilePath['level'] | undefined =
    levelled === 'entries' ? 'entries' : numberIn(levelled, LEVEL);
  const width = widened === undefined ? FULL : numberIn(widened, WIDTH);
  if (level === undefined || width === undefined || (level !== 'entries' && level > 63)) {
    return undefined;
  }
  const parsed: TilePath = { level, index: Number(place.replaceAll(/[x/]/g, '')), width };
  return tilePath(parsed) === path ? parsed : undefined;
}

function numberIn(text: string, form: RegExp): number | undefined {
  return form.test(text) ? Number(text) : undefined;
}
