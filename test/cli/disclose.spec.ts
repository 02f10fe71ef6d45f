import { readFile, writeFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { TestServer } from '../e2e/http-server.js';
import { Bench } from './cli.js';

const LIMIT = 60_000;
const NAME = 'Meikäläinen';

/** Another first character of a text in a JSON file. */
function otherFirst(text: string, name: string): string {
  const at = text.indexOf(`"${name}":"`) + name.length + 4;
  return text.slice(0, at) + (text.charAt(at) === 'A' ? 'B' : 'A') + text.slice(at + 1);
}

describe('ledger evidence disclose', () => {
  let bench: Bench;
  let server: TestServer;
  let event: string;
  let id: string;

  beforeAll(async () => {
    bench = await Bench.make();
    server = await TestServer.start({ LEDGER_KEY_CACHE_MS: '30000' }, bench.folder);
    const registered = await server.call('POST', '/api/customers', {
      body: {
        category: 'private',
        identity: { firstName: 'Matti', lastName: NAME },
        contact: { email: 'matti.meikalainen@example.fi' },
      },
    });
    id = registered.body.id;
    event = registered.body.events[0]?.id ?? '';
    for (const role of ['officer', 'staff']) {
      await writeFile(bench.path(role), await server.token(role));
    }
    await server.running.stop();
  }, LIMIT);
  afterAll(() => bench.remove());

  const disclose = (...more: string[]) => {
    const options = ['--purpose', 'legal-claims', '--recipient', 'authorities'];
    return bench.run(['evidence', 'disclose', event, ...options, ...more]);
  };

  it(
    'gives what opens that one envelope, to whoever has no ledger',
    async () => {
      const given = await disclose('--token-file', bench.path('officer'), '--category', 'identity');
      expect([given.code, given.err]).toEqual([0, '']);
      expect(given.out).not.toContain(NAME);
      await writeFile(bench.path('disclosed'), given.out);
      const opened = await bench.run(['evidence', 'open', bench.path('disclosed')], {
        LEDGER_DATA: bench.path('nowhere'),
      });
      expect([opened.code, JSON.parse(opened.out)]).toEqual([
        0,
        { firstName: 'Matti', lastName: NAME },
      ]);
    },
    LIMIT,
  );

  it.each([
    ['of an event', (text: string) => text.replace(event, id)],
    ['of a category', (text: string) => text.replace('"identity"', '"contact"')],
    ['of a ciphertext', (text: string) => otherFirst(text, 'ciphertext')],
    ['of the key', (text: string) => otherFirst(text, 'envelopeKey')],
    ['to nothing', () => '{}'],
  ])(
    'opens nothing after a change %s',
    async (_, change) => {
      await writeFile(
        bench.path('changed'),
        change(await readFile(bench.path('disclosed'), 'utf8')),
      );
      const opened = await bench.run(['evidence', 'open', bench.path('changed')]);
      expect([opened.code === 0, opened.out]).toEqual([false, '']);
      expect(opened.err).not.toContain(NAME);
    },
    LIMIT,
  );

  it(
    'is for officers, names one envelope, and is recorded',
    async () => {
      const officer = ['--token-file', bench.path('officer')];
      expect((await disclose('--token-file', bench.path('staff'))).err).toContain('role-missing');
      expect((await disclose(...officer)).err).toContain('--category');
      const stranger = await disclose(
        ...officer,
        '--category',
        'identity',
        '--recipient',
        'nobody',
      );
      expect([stranger.code, stranger.err]).toEqual([
        5,
        expect.stringContaining('recipient-unknown'),
      ]);
      const { out } = await bench.run(['replay', '--customer', id, '--json']);
      const lines = out.trim().split('\n');
      const told = lines.map((line) => JSON.parse(line) as { type: string; data: unknown });
      const disclosures = told.filter(({ type }) => type === 'EnvelopeDisclosed');
      expect(disclosures.map(({ data }) => data)).toEqual([
        expect.objectContaining({ event, category: 'identity', recipient: 'authorities' }),
      ]);
      const file = JSON.parse(await readFile(bench.path('disclosed'), 'utf8')) as {
        readonly envelopeKey: string;
      };
      expect(out).not.toContain(file.envelopeKey);
    },
    LIMIT,
  );
});
