const PARTS = /^([^/]+\/\/[^/?]+)(?:\/([^?]*))?/;

/** The database that a connection string of MongoDB names; undefined where it names none. */
export function databaseIn(url: string): string | undefined {
  const name = PARTS.exec(url)?.[2] ?? '';
  return name === '' ? undefined : decoded(name);
}

/** What is no percent-encoding is left as it is: whoever connects refuses it, and says so. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A connection string of MongoDB without its database: what differs in that alone is one server. */
export function withoutDatabase(url: string): string {
  return url.replace(PARTS, '$1');
}
