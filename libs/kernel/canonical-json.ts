import { InvalidInput } from './errors.js';
import type { Json, JsonObject } from './json.js';

/**
 * The canonical form of a value (RFC 8785): equal values give equal text, whoever writes it.
 * Properties that are `undefined` are left out.
 *
 * Refused with {@link InvalidInput}: strings with a lone surrogate, which have no UTF-8 encoding,
 * and numbers that are not finite. The message names the field and never quotes the value: it may be
 * personal.
 */
export function canonicalJson(value: Json): string {
  return written(value, '', anyName);
}

/**
 * The bytes that are stored and hashed: {@link canonicalJson} in UTF-8. Property names that are
 * whole numbers are refused as well, since JavaScript objects (and with them the EventStoreDB
 * client) move those to the front.
 */
export function canonicalBytes(value: Json): Buffer {
  return Buffer.from(written(value, '', storableName), 'utf8');
}

type NameRule = (name: string, path: string) => void;

const WHOLE_NUMBER_NAME = /^(0|[1-9][0-9]*)$/;
/** What JSON escapes, or what may be half of a surrogate pair: most strings have none of it. */
// eslint-disable-next-line no-control-regex -- RFC 8259, section 7: control characters are escaped
const SPECIAL = /["\\\u0000-\u001f\ud800-\udfff]/;

function written(value: Json, path: string, check: NameRule): string {
  if (typeof value === 'string') return quoted(value, path);
  if (typeof value === 'number') return numeral(value, path);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return value === null ? 'null' : compound(value, path, check);
}

function compound(value: readonly Json[] | JsonObject, path: string, check: NameRule): string {
  if (isList(value)) return `[${value.map((item) => written(item, path, check)).join(',')}]`;
  let members = '';
  // RFC 8785, section 3.2.3: by UTF-16 code units, as JavaScript sorts.
  for (const name of Object.keys(value).sort()) {
    const item = value[name];
    if (item === undefined) continue;
    const at = path === '' ? name : `${path}.${name}`;
    check(name, path);
    members += `${members === '' ? '' : ','}${quoted(name, at)}:${written(item, at, check)}`;
  }
  return `{${members}}`;
}

const anyName: NameRule = () => undefined;

const storableName: NameRule = (name, path) => {
  if (!WHOLE_NUMBER_NAME.test(name)) return;
  throw new InvalidInput(path, 'whole-number-name', 'has a property name that is a number');
};

/** Array.isArray does not narrow readonly arrays. */
function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}

function quoted(text: string, path: string): string {
  if (!SPECIAL.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new InvalidInput(path, 'lone-surrogate', 'is not valid text');
  return JSON.stringify(text);
}

/** RFC 8785, section 3.2.2.3: numbers as ECMAScript writes them; -0 is 0. */
function numeral(value: number, path: string): string {
  if (!Number.isFinite(value)) throw new InvalidInput(path, 'not-finite', 'is not a number');
  return String(value === 0 ? 0 : value);
}
