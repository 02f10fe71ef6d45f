// The verifiers that go into every bundle of evidence: a page that opens from disk, and a program for
// Node. Each is one file, made from the sources that the server itself uses, and left readable.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { URL, fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const HOUSE = new URL('../', import.meta.url);
const SOURCES = new URL('apps/verifier/', HOUSE);
const INTO = new URL('dist/verifier/', HOUSE);

const pathOf = (name) => fileURLToPath(new URL(name, SOURCES));

async function bundled(entry, options) {
  const built = await build({
    absWorkingDir: fileURLToPath(HOUSE),
    entryPoints: [pathOf(entry)],
    tsconfig: pathOf('tsconfig.json'),
    conditions: ['source'],
    bundle: true,
    write: false,
    charset: 'utf8',
    target: 'es2023',
    legalComments: 'none',
    ...options,
  });
  return built.outputFiles[0].text;
}

/** What a Content-Security-Policy calls this text. */
const hashOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

function pageOf(script, style) {
  // What ends a script element in a page must not stand in the script.
  const safe = script.replaceAll('</script', '<\\/script');
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(safe)}`,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return readFileSync(pathOf('page/page.html'), 'utf8')
    .replace('{{policy}}', () => policy)
    .replace(/<style>[^<]*<\/style>/, () => `<style>${style}</style>`)
    .replace(/<script>[^<]*<\/script>/, () => `<script>${safe}</script>`);
}

/** Builds both into dist/verifier. */
export async function buildVerifiers() {
  const program = await bundled('program/main.ts', { format: 'esm', platform: 'node' });
  const script = await bundled('page/main.ts', { format: 'iife', platform: 'browser' });
  const page = pageOf(script, readFileSync(pathOf('page/page.css'), 'utf8'));
  mkdirSync(INTO, { recursive: true });
  writeFileSync(new URL('verify.mjs', INTO), program);
  writeFileSync(new URL('verify.html', INTO), page);
}
