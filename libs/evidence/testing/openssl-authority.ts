import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe } from '@jest/globals';

import {
  CA_EXTENSIONS,
  configuration,
  SIGNER_EXTENSIONS,
  type AuthorityMade,
} from './authority-made.js';

/** Tests in which `openssl` plays the authority; skipped, with a word, on a machine without it. */
export function describeWithOpenssl(name: string, body: () => void): void {
  if (spawnSync('openssl', ['version']).status === 0) describe(name, body);
  else describe.skip(`${name} (cannot: needs openssl)`, body);
}

const run = promisify(execFile);

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

const KEYS = {
  rsa: ['-newkey', 'rsa:2048'],
  ec: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
} as const;

/** A time-stamping authority that is `openssl ts` itself, with certificates of its own. */
export class OpensslAuthority {
  /** One at a time: the tool works on files. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(readonly folder: string) {}

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
    await this.#openssl('ts', '-reply', '-config', 'ts.cnf', ...files);
    return readFile(this.path('reply.tsr'));
  }

  /** Whether `openssl ts -verify` takes a response for a timestamp of the data, as a stranger asks it. */
  async verifies(data: Uint8Array, response: Uint8Array): Promise<boolean> {
    await writeFile(this.path('data'), data);
    await writeFile(this.path('response.tsr'), response);
    const asked = ['-data', 'data', '-in', 'response.tsr', '-CAfile', this.root];
    return this.#openssl('ts', '-verify', ...asked).then(
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
    await this.#openssl('cms', '-sign', ...of, ...by, ...beside, ...files);
    return granted(await readFile(this.path('token.der')));
  }

  /** Another certificate of the root's key, in PEM: issued by the CA that the root has certified. */
  async crossed(): Promise<string> {
    const [root, key] = [this.path('root.pem'), this.path('root.key')];
    await this.#openssl('x509', '-x509toreq', '-in', root, '-signkey', key, '-out', 'crossed.csr');
    await this.#certify('crossed', 'between', CA_EXTENSIONS);
    return readFile(this.path('crossed.pem'), 'utf8');
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  async #make(made: AuthorityMade): Promise<void> {
    const { keys = 'rsa', root = CA_EXTENSIONS, extensions = SIGNER_EXTENSIONS } = made;
    const { intermediate } = made;
    const self = ['-x509', '-days', '2', '-out', 'root.pem', '-keyout', 'root.key'];
    const added = root.flatMap((one) => ['-addext', one]);
    await this.#write('req.cnf', ['[req]', 'distinguished_name = dn', '[dn]']);
    await this.#request(KEYS[keys], '/CN=Root of a test', [...self, ...added]);
    let issuer = 'root';
    if (intermediate !== undefined) {
      await this.#issue(KEYS[keys], 'between', issuer, intermediate.extensions);
      issuer = 'between';
    }
    await this.#issue(KEYS[keys], 'signer', issuer, extensions);
    await this.#write('serial', ['01']);
    await this.#write('ts.cnf', configuration(issuer, made));
  }

  async #issue(
    keys: readonly string[],
    name: string,
    issuer: string,
    extensions: readonly string[],
  ) {
    const made = ['-out', `${name}.csr`, '-keyout', `${name}.key`];
    await this.#request(keys, `/CN=${name} of a test`, made);
    await this.#certify(name, issuer, extensions);
  }

  async #certify(name: string, issuer: string, extensions: readonly string[]): Promise<void> {
    await this.#write(`${name}.ext`, extensions);
    const by = ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`, '-CAcreateserial'];
    const files = ['-in', `${name}.csr`, '-extfile', `${name}.ext`, '-out', `${name}.pem`];
    await this.#openssl('x509', '-req', '-days', '2', ...by, ...files);
  }

  async #request(keys: readonly string[], subject: string, more: readonly string[]): Promise<void> {
    await this.#openssl(
      'req',
      '-new',
      '-nodes',
      '-config',
      'req.cnf',
      '-subj',
      subject,
      ...keys,
      ...more,
    );
  }

  async #write(name: string, lines: readonly string[]): Promise<void> {
    await writeFile(this.path(name), `${lines.join('\n')}\n`);
  }

  async #openssl(...args: readonly string[]): Promise<void> {
    await run('openssl', args, { cwd: this.folder });
  }
}

/** A TimeStampResp of the status granted, with a token of more than 255 bytes. */
function granted(token: Buffer): Buffer {
  const status = Buffer.from('3003020100', 'hex');
  const head = Buffer.from('30820000', 'hex');
  head.writeUInt16BE(status.length + token.length, 2);
  return Buffer.concat([head, status, token]);
}
