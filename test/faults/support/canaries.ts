import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode } from '#kernel';

import { bytesOnServers } from '../../engines/places.js';

/** Values that occur nowhere but where a person's data are. One for each field there is. */
export const CANARY = {
  firstName: 'Zqfirst7Kanarie',
  lastName: 'Zqlast7Kanarie',
  number: 'Zqnumber7Kanarie',
  organisationName: 'Zqorganisation7Kanarie',
  businessId: 'Zqbusiness7Kanarie',
  organisation: 'Zqemployer7Kanarie',
  title: 'Zqtitle7Kanarie',
  email: 'Zqmail7Kanarie@zqhost7kanarie.example',
  phone: '+358 99 7734 5128 8996',
  street: 'Zqstreet7Kanarie',
  postalCode: 'Zqpostal7Kanarie',
  city: 'Zqcity7Kanarie',
  region: 'Zqregion7Kanarie',
  country: 'Zqcountry7Kanarie',
  changedMail: 'Zqchanged7Kanarie@zqhost7kanarie.example',
  changedName: 'Zqrenamed7Kanarie',
  buyer: 'Zqbuyer7Kanarie',
  line: 'Zqline7Kanarie',
  voucher: 'Zqvoucher7Kanarie',
  mention: 'Zqmention7Kanarie',
  reply: 'Zqreply7Kanarie@zqhost7kanarie.example',
  replyName: 'Zqreplyname7Kanarie',
  imported: 'Zqimported7Kanarie',
  refused: 'Zqrefused7Kanarie',
  malformed: 'Zqmalformed7Kanarie',
} as const;

/** Prefixes under which words are searched would tell of the value too. */
const SHORTEST = 8;

/** Every form in which a value could lie somewhere, with a name for it. */
export function formsOf(value: string): readonly (readonly [string, Buffer])[] {
  const texts = [...new Set([value, value.toLowerCase(), value.toUpperCase(), digitsOf(value)])];
  return texts
    .filter((text) => text.length >= SHORTEST)
    .flatMap((text) => {
      const bytes = Buffer.from(text);
      const hex = bytes.toString('hex');
      return [
        ['clear', bytes],
        ['reversed', Buffer.from(bytes.toReversed())],
        ['utf-16', Buffer.from(text, 'utf16le')],
        ['hex', Buffer.from(hex)],
        ['hex', Buffer.from(hex.toUpperCase())],
        ['percent', Buffer.from(encodeURIComponent(text))],
        ...[0, 1, 2].flatMap((offset) => [
          ['base64', Buffer.from(base64At(bytes, offset, 'base64'))] as const,
          ['base64url', Buffer.from(base64At(bytes, offset, 'base64url'))] as const,
        ]),
      ] as const;
    });
}

/** The signs of base64 that bytes give at an offset of 0, 1 or 2, whatever stands around them. */
function base64At(bytes: Buffer, offset: number, encoding: 'base64' | 'base64url'): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString(encoding);
  const from = Math.ceil((offset * 8) / 6);
  return text.slice(from, Math.floor(((offset + bytes.length) * 8) / 6));
}

function digitsOf(value: string): string {
  return value.replaceAll(/\D/g, '');
}

const NEEDLES = Object.entries(CANARY).flatMap(([field, value]) =>
  formsOf(value).map(([form, bytes]) => ({ name: `${field} in ${form}`, bytes })),
);

/** The canaries that some bytes hold, by field and form. */
export function canariesIn(bytes: Uint8Array): readonly string[] {
  const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return NEEDLES.filter((needle) => haystack.includes(needle.bytes)).map(({ name }) => name);
}

/** Every file under a folder, with its bytes. One that goes meanwhile is left out. */
export async function filesUnder(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await bytesOf(path);
    if (bytes !== undefined) files.set(path.slice(folder.length + 1), bytes);
  }
  return files;
}

/** Everything that a folder's ledger has written: files, and what servers hold of it. */
export async function everything(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  return new Map([...(await filesUnder(folder)), ...(await bytesOnServers(folder))]);
}

/** Where in all that a folder's ledger has written something lies. */
export async function whereIs(folder: string, wanted: readonly Buffer[]): Promise<string[]> {
  const found: string[] = [];
  for (const [name, bytes] of await everything(folder)) {
    if (wanted.some((one) => bytes.includes(one))) found.push(name);
  }
  return found;
}

async function bytesOf(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
