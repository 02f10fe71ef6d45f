/** How an authority is made. */
export interface AuthorityMade {
  /** Kind of all its keys. Default `rsa`. */
  readonly keys?: 'rsa' | 'ec';
  /** Extensions of the root. */
  readonly root?: readonly string[];
  /** Extensions of the certificate that signs. */
  readonly extensions?: readonly string[];
  /** Whether a CA stands between the root and the certificate that signs. */
  readonly intermediate?: { readonly extensions: readonly string[]; readonly days?: number };
  /** Whether the certificate of the CA that has issued the signer's is sent. Default true. */
  readonly sendsIssuer?: boolean;
  /** Hash by which the signature names its certificate; `sha1` names it in the older way. */
  readonly naming?: 'sha1' | 'sha256' | 'sha512';
  /** Hash of the imprints that it stamps. Others are rejected. */
  readonly stamps?: 'sha256' | 'sha512';
}

export const CA_EXTENSIONS = [
  'basicConstraints=critical,CA:TRUE',
  'keyUsage=critical,keyCertSign,cRLSign',
];
export const SIGNER_EXTENSIONS = [
  'basicConstraints=critical,CA:FALSE',
  'keyUsage=critical,digitalSignature',
  'extendedKeyUsage=critical,timeStamping',
];

/** What `openssl ts -reply` goes by. @param issuer of the certificate that signs */
export function configuration(
  issuer: string,
  { naming = 'sha256', stamps = 'sha256', sendsIssuer = true }: AuthorityMade,
): string {
  return [
    '[tsa]',
    'default_tsa = authority',
    '[authority]',
    'serial = serial',
    'signer_cert = signer.pem',
    'signer_key = signer.key',
    ...(sendsIssuer ? [`certs = ${issuer}.pem`] : []),
    'signer_digest = sha256',
    'default_policy = 1.2.3.4.1',
    `digests = ${stamps}`,
    'accuracy = secs:1, millisecs:500, microsecs:100',
    'ordering = yes',
    'tsa_name = yes',
    'ess_cert_id_chain = no',
    `ess_cert_id_alg = ${naming}`,
    '',
  ].join('\n');
}
