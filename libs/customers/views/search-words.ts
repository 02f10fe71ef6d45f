/**
 * What of a value can be searched for, and how a query is brought to the same form. The words are
 * only ever turned into blind tokens.
 */
const MARKS = /\p{M}/gu;
const NO_WORD = /[^\p{L}\p{N}]+/u;
const SHORTEST_PREFIX = 3;
const LONGEST_PREFIX = 8;

/** Fields that tokens are made for, each under a key of its own. */
export const SEARCH_FIELDS = ['email', 'phone', 'number', 'name', 'organisation'] as const;
export type SearchField = (typeof SEARCH_FIELDS)[number];

/** Lower case and without accents: `Köhler` and `kohler` are found by each other. */
export function fold(text: string): string {
  return text.normalize('NFKD').replace(MARKS, '').toLowerCase().trim();
}

/** The words of a text, folded. */
export function wordsOf(text: string): string[] {
  return fold(text)
    .split(NO_WORD)
    .filter((word) => word !== '');
}

/** What a word is found by: itself where it is short, else its prefixes of 3 to 8 letters. */
export function prefixesOf(word: string): string[] {
  const letters = Array.from(word);
  if (letters.length < SHORTEST_PREFIX) return [`${word}$`];
  const longest = Math.min(letters.length, LONGEST_PREFIX);
  return Array.from({ length: longest - SHORTEST_PREFIX + 1 }, (_, more) =>
    letters.slice(0, SHORTEST_PREFIX + more).join(''),
  );
}

/** The one prefix that a word of a query asks for. */
export function queryPrefix(word: string): string {
  const letters = Array.from(word);
  return letters.length < SHORTEST_PREFIX ? `${word}$` : letters.slice(0, LONGEST_PREFIX).join('');
}

/** An email address as it is compared. */
export function foldEmail(email: string): string {
  return email.normalize('NFC').toLowerCase().trim();
}

/** A customer number as it is compared: also where it must be unique. */
export function foldNumber(number: string): string {
  return number.normalize('NFC').trim();
}

/** A telephone number as it is compared: digits with the country, Finland's where none is given. */
export function foldPhone(phone: string): string {
  const international = /^\s*(\+|00)/.test(phone);
  const digits = phone.replace(/\(0\)/g, '').replace(/\D/g, '').replace(/^00/, '');
  return international ? digits : digits.replace(/^0/, '358');
}
