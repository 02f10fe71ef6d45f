import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe } from '@jest/globals';

import {
  CA_EXTENSIONS,
  configuration,
  SIGNER_EXTENSIONS,
  type AuthorityMade,
} from './authority-made.js';
import { Certificates } from './certificates.js';

/** Tests in which `openssl` plays the authority; skipped, with a word, on a machine without it. */
export function describeWithOpenssl(name: string, body: () => void): void {
  if (spawnSync('openssl', ['version']).status === 0) describe(name, body);
  else describe.skip(`${name} (cannot: needs openssl)`, body);
}

/** Name of what a timestamp is. */
export const TST_INFO = '1.2.840.113549.1.9.16.1.4';

/** How a token does not keep to the rules. */
export interface Forged {
  /** Whether the signature names its certificate. Default true. */
  readonly names?: boolean;
  /** What the signed contents are said to be. */
  readonly type?: string;
  /** Whose keys sign. */
  readonly signers?: readonly ('signer' | 'root')[];
}

/** A time-stamping authority that is `openssl ts` itself, with certificates of its own. */
export class OpensslAuthority {
  /** One at a time: the tool works on files. */
  #turn: Promise<unknown> = Promise.resolve();

  readonly #certificates: Certificates;

  private constructor(readonly folder: string) {
    this.#certificates = new Certificates(folder);
  }

  static async make(made: AuthorityMade = {}): Promise<OpensslAuthority> {
    const authority = new OpensslAuthority(await mkdtemp(join(tmpdir(), 'ledger-tsa-')));
    await authority.#make(made);
    return authority;
  }

  /** Path of a file of its own. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** Path of the root, in PEM. */
  get root(): string {
    return this.path('root.pem');
  }

  rootPem(): Promise<string> {
    return this.pem('root');
  }

  /** A certificate: `root`, `between` or `signer`. */
  pem(name: 'root' | 'between' | 'signer'): Promise<string> {
    return readFile(this.path(`${name}.pem`), 'utf8');
  }

  /** Answers a TimeStampReq. */
  async reply(query: Uint8Array): Promise<Buffer> {
    const answer = this.#turn.then(() => this.#reply(query));
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  async #reply(query: Uint8Array): Promise<Buffer> {
    await writeFile(this.path('query.tsq'), query);
    const files = ['-queryfile', 'query.tsq', '-out', 'reply.tsr'];
    await this.#certificates.openssl('ts', '-reply', '-config', 'ts.cnf', ...files);
    return readFile(this.path('reply.tsr'));
  }

  /** Whether `openssl ts -verify` takes a response for a timestamp of the data, as a stranger asks it. */
  async verifies(data: Uint8Array, response: Uint8Array): Promise<boolean> {
    await writeFile(this.path('data'), data);
    await writeFile(this.path('response.tsr'), response);
    const asked = ['-data', 'data', '-in', 'response.tsr', '-CAfile', this.root];
    return this.#certificates.openssl('ts', '-verify', ...asked).then(
      () => true,
      () => false,
    );
  }

  /** What an authority would answer that does not keep to the rules: any TSTInfo, signed by the signer. */
  async forged(
    info: Uint8Array,
    { names = true, type = TST_INFO, signers = ['signer'] }: Forged = {},
  ) {
    await writeFile(this.path('info.der'), info);
    const by = signers.flatMap((one) => ['-signer', `${one}.pem`, '-inkey', `${one}.key`]);
    const of = ['-binary', '-nodetach', '-econtent_type', type, ...(names ? ['-cades'] : [])];
    const files = ['-in', 'info.der', '-outform', 'DER', '-out', 'token.der'];
    const beside = signers.includes('root') ? [] : ['-certfile', 'root.pem'];
    await this.#certificates.openssl('cms', '-sign', ...of, ...by, ...beside, ...files);
    return granted(await readFile(this.path('token.der')));
  }

  /** Another certificate of the root's key, in PEM: issued by the CA that the root has certified. */
  crossed(): Promise<string> {
    return this.#certificates.again('root', 'crossed', 'between', CA_EXTENSIONS);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  async #make(made: AuthorityMade): Promise<void> {
    const { root = CA_EXTENSIONS, extensions = SIGNER_EXTENSIONS, intermediate } = made;
    await this.#certificates.root(made.keys, root);
    const issuer = intermediate === undefined ? 'root' : 'between';
    if (intermediate !== undefined) {
      await this.#certificates.issue('between', { ...made, ...intermediate, issuer: 'root' });
    }
    await this.#certificates.issue('signer', { ...made, extensions, issuer });
    await writeFile(this.path('serial'), '01\n');
    await writeFile(this.path('ts.cnf'), configuration(issuer, made));
  }
}

/** A TimeStampResp of the status granted, with a token of more than 255 bytes. */
function granted(token: Buffer): Buffer {
  const status = Buffer.from('3003020100', 'hex');
  const head = Buffer.from('30820000', 'hex');
  head.writeUInt16BE(status.length + token.length, 2);
  return Buffer.concat([head, status, token]);
}
