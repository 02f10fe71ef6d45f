import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An authority made for a test, and a node's certificate under it, as PEM. */
export interface Certificates {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** As a real node asks for it: its name, its addresses, and usable at both ends of a connection. */
const SETTINGS = `
[req]
distinguished_name = name
prompt = no
[name]
CN = eventstoredb-node
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[node]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = IP:127.0.0.1, DNS:localhost
`;
const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
const NEW_KEY = [...CURVE, '-nodes', '-config', 'settings'];

/** Why there can be no secured server on this machine; undefined where there can. */
export const CANNOT_SECURE: string | undefined =
  spawnSync('openssl', ['version']).status === 0 ? undefined : 'needs openssl';

let made: Certificates | undefined;

/** The same ones each time, for making them takes a while. */
export function certificates(): Certificates {
  made ??= newCertificates();
  return made;
}

/** An authority that nobody has heard of before. */
export function newCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  const openssl = (...args: readonly string[]) => {
    const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
  };
  const text = (name: string) => readFileSync(join(folder, name), 'utf8');
  try {
    writeFileSync(join(folder, 'settings'), SETTINGS);
    const authority = ['-subj', '/CN=Test authority', '-extensions', 'authority', '-days', '2'];
    openssl('req', '-x509', ...NEW_KEY, ...authority, '-keyout', 'ca.key', '-out', 'ca.pem');
    openssl('req', '-new', ...NEW_KEY, '-keyout', 'node.key', '-out', 'node.request');
    const signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'];
    const extensions = ['-extfile', 'settings', '-extensions', 'node'];
    openssl('x509', '-req', '-in', 'node.request', ...signer, ...extensions, '-out', 'node.pem');
    return { authority: text('ca.pem'), certificate: text('node.pem'), key: text('node.key') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
