import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { Bench } from './cli.js';

describe('ledger', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.make();
  });
  afterAll(() => bench.remove());

  it('documents its commands and exit codes in help, and refuses what it does not know', async () => {
    const help = await bench.run(['--help']);
    expect(help.code).toBe(0);
    for (const name of [
      'import',
      'replay',
      'views',
      'keys',
      'token',
      'backup',
      'config',
      'doctor',
      'setup',
      'demo',
    ]) {
      expect(help.out).toContain(`\n  ${name} `);
      const own = await bench.run([name, '--help']);
      expect(own).toMatchObject({ code: 0, err: '' });
      expect(own.out).toContain('Exit codes:');
    }
    expect((await bench.run(['nonsense'])).code).toBe(2);
  });

  it('makes, lists and revokes tokens, and shows one once', async () => {
    const out = bench.path('token.txt');
    const args = ['token', 'create', '--role', 'staff', '--label', 'a test', '--out', out];
    const made = await bench.run([...args, '--json']);
    const { id } = JSON.parse(made.out) as { readonly id: string };
    const token = (await readFile(out, 'utf8')).trim();
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    expect(token).toMatch(/^pl_/);
    const listed = await bench.run(['token', 'list', '--json']);
    expect(JSON.parse(listed.out)).toContainEqual(
      expect.objectContaining({ id, role: 'staff', label: 'a test', revokedAt: null }),
    );
    expect(made.out + listed.out).not.toContain(token);
    expect((await bench.run(['token', 'revoke', id])).code).toBe(0);
    expect((await bench.run(['token', 'revoke', id])).code).toBe(5);
  });

  it('rotates keys, and says which backups still open', async () => {
    expect((await bench.run(['keys', 'rotate'])).code).toBe(0);
    const states = JSON.parse((await bench.run(['keys', 'status', '--json'])).out) as {
      readonly state: string;
    }[];
    expect(states.map(({ state }) => state)).toEqual(['retiring', 'current']);
  });

  it('rebuilds a view alone', async () => {
    expect(await bench.run(['views', 'rebuild', 'customers'])).toMatchObject({ code: 0 });
    expect((await bench.run(['views', 'rebuild', 'nonsense'])).code).toBe(2);
    expect((await bench.run(['views', 'list'])).out).toContain('customers');
  });

  it('backs up log and vault apart, each with its expiry', async () => {
    const ran = await bench.run(['backup', bench.path('backups'), '--json']);
    const made = JSON.parse(ran.out) as { readonly log: string; readonly vault: string };
    const labelOf = async (folder: string) =>
      JSON.parse(await readFile(join(folder, 'backup.json'), 'utf8')) as Record<string, unknown>;
    expect(await labelOf(made.log)).toMatchObject({ what: 'event-log', expiresAt: null });
    const vault = await labelOf(made.vault);
    const kept = Date.parse(String(vault.expiresAt)) - Date.parse(String(vault.takenAt));
    expect(kept).toBe(30 * 24 * 60 * 60 * 1000);
  });

  it('shows every setting and where it came from', async () => {
    const ran = await bench.run(['config', '--json'], { PORT: '4000' });
    expect(JSON.parse(ran.out)).toContainEqual(
      expect.objectContaining({ variable: 'PORT', value: '4000', from: 'environment' }),
    );
    expect((await bench.run(['config'], { PORT: 'x' })).code).toBe(2);
  });

  it.each([
    ['fi', 'avaimista löytyy 4/4', 'avaimista löytyy 0/4', '4 tuhottua avainta oli palannut'],
    ['sv', 'finns 4 av Mattis 4', '0 av 4 nycklar', '4 förstörda nycklar hade kommit tillbaka'],
    ['en', "holds 4 of Matti's 4", '0 of 4 keys found', '4 destroyed keys had come back'],
  ])('plays its demo to the end (%s)', async (lang, ...said) => {
    const ran = await bench.run(['demo', '--fast', '--lang', lang]);
    expect(ran).toMatchObject({ code: 0, err: '' });
    for (const line of said) expect(ran.out).toContain(line);
    expect(ran.out).toContain('ErasureRepeated');
  });
});
