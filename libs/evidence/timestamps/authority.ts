import { InvalidInput } from '#kernel';

import { readAnchors, type TrustAnchors } from './anchors.js';

/** A time-stamping authority (RFC 3161) as the ledger knows it. */
export interface TimestampAuthority {
  /** Its address without credentials and query: what is recorded and shown. */
  readonly name: string;
  /** Where it is asked, without user and password. */
  readonly url: string;
  /** The header that carries user and password, where the address had them. */
  readonly authorization: string | undefined;
  /** Without them the chain of its certificate is not judged. */
  readonly anchors: TrustAnchors | undefined;
}

const MOST_CHARACTERS = 255;

/**
 * Reads an authority.
 * @param pem certificates that its chain must lead to; undefined: the chain is not judged
 * @throws InvalidInput that names the fields given
 */
export function readAuthority(
  address: string,
  pem: string | undefined,
  fields: { readonly url: string; readonly anchors: string },
): TimestampAuthority {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new InvalidInput(fields.url, 'url', 'is an address with http or https');
  }
  const name = `${url.origin}${url.pathname}`;
  if (name.length > MOST_CHARACTERS) {
    throw new InvalidInput(fields.url, 'max', 'is 255 characters at most');
  }
  const authorization = authorizationIn(url, fields.url);
  url.username = '';
  url.password = '';
  return { name, url: url.href, authorization, anchors: anchorsIn(pem, fields.anchors) };
}

/** Basic (RFC 7617): `fetch` takes no address with a password in it. */
function authorizationIn({ username, password }: URL, field: string): string | undefined {
  if (username === '' && password === '') return undefined;
  try {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(pair).toString('base64')}`;
  } catch {
    throw new InvalidInput(field, 'url', 'has user and password percent-encoded');
  }
}

function anchorsIn(pem: string | undefined, field: string): TrustAnchors | undefined {
  if (pem === undefined) return undefined;
  const anchors = readAnchors(pem);
  if (anchors === undefined) {
    throw new InvalidInput(field, 'certificates', 'is certificates in PEM, a root among them');
  }
  return anchors;
}
