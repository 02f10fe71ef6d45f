import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const KEYS = {
  rsa: ['-newkey', 'rsa:2048'],
  ec: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
} as const;

/** How a certificate is made. */
interface Issued {
  readonly keys?: keyof typeof KEYS;
  readonly extensions: readonly string[];
  /** Name of the one that issues it. */
  readonly issuer: string;
  /** How long it is valid. */
  readonly days?: number;
}

/** Certificates in a folder, made by openssl: `<name>.pem` and `<name>.key`. */
export class Certificates {
  constructor(private readonly folder: string) {}

  /** The one that is signed by itself. */
  async root(keys: Issued['keys'] = 'rsa', extensions: readonly string[]): Promise<void> {
    const self = ['-x509', '-days', '4', '-out', 'root.pem', '-keyout', 'root.key'];
    const added = extensions.flatMap((one) => ['-addext', one]);
    await this.#write('req.cnf', ['[req]', 'distinguished_name = dn', '[dn]']);
    await this.#request(keys, 'root', [...self, ...added]);
  }

  async issue(name: string, { keys = 'rsa', ...more }: Issued): Promise<void> {
    await this.#request(keys, name, ['-out', `${name}.csr`, '-keyout', `${name}.key`]);
    await this.#certify(name, more);
  }

  /** Another one for a key that has one, in PEM. */
  async again(of: string, name: string, issuer: string, extensions: readonly string[]) {
    const files = ['-in', `${of}.pem`, '-signkey', `${of}.key`, '-out', `${name}.csr`];
    await this.openssl('x509', '-x509toreq', ...files);
    await this.#certify(name, { issuer, extensions });
    return readFile(join(this.folder, `${name}.pem`), 'utf8');
  }

  /** Runs openssl in the folder. */
  async openssl(...args: readonly string[]): Promise<void> {
    await run('openssl', args, { cwd: this.folder });
  }

  async #certify(name: string, { issuer, extensions, days = 3 }: Omit<Issued, 'keys'>) {
    await this.#write(`${name}.ext`, extensions);
    const by = ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`, '-CAcreateserial'];
    const files = ['-in', `${name}.csr`, '-extfile', `${name}.ext`, '-out', `${name}.pem`];
    await this.openssl('x509', '-req', '-days', String(days), ...by, ...files);
  }

  async #request(keys: keyof typeof KEYS, name: string, more: readonly string[]): Promise<void> {
    const of = ['-config', 'req.cnf', '-subj', `/CN=${name} of a test`];
    await this.openssl('req', '-new', '-nodes', ...of, ...KEYS[keys], ...more);
  }

  async #write(name: string, lines: readonly string[]): Promise<void> {
    await writeFile(join(this.folder, name), `${lines.join('\n')}\n`);
  }
}
