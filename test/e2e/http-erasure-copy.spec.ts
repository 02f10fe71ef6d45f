import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { copyInPdf } from '#evidence';
import { copyWith } from '#evidence/testing';

import { verify } from '../browser/support/on-disk.js';
import { TestServer } from './http-server.js';

const CANARIES = ['Kanaria', 'Keltainen', 'kanaria@lintu.example', 'vastaus@lintu.example'];
const [FIRST, LAST, EMAIL, REPLY] = CANARIES;
const EVENT_OF_NOBODY = '7c9e6679-7425-40de-944b-e07fc1f90ae7';

describe("the person's copy of an erasure receipt over HTTP", () => {
  let server: TestServer;
  let folder: string;
  let number: string;
  let event: string;
  let copy: string;
  let vkey: string;

  const path = (of = number, receipt = event) => `/api/erasures/${of}/receipts/${receipt}/copy`;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ledger-copies-'));
    server = await TestServer.start();
    const { id } = await server.registered({
      identity: { firstName: FIRST, lastName: LAST },
      contact: { email: EMAIL },
    });
    const asked = await server.call('POST', `/api/customers/${id}/erasure`, {
      body: { ground: 'consent-withdrawn', reply: { email: REPLY, language: 'sv' } },
    });
    number = asked.body.case;
    event = await receiptIn(number);
    copy = (await server.call('GET', `${path()}?wait=true`)).text;
    vkey = (JSON.parse((await server.call('GET', '/api/evidence')).text) as { vkey: string }).vkey;
  });

  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** The receipt of a case, once it is there; the test's own time limit ends it. */
  async function receiptIn(of: string): Promise<string> {
    for (;;) {
      const { body } = await server.call('GET', `/api/erasures/${of}`);
      const [receipt] = (body.parts[0]?.receipts ?? []) as readonly { readonly event: string }[];
      if (receipt !== undefined) return receipt.event;
    }
  }

  async function verified(name: string, content: string | Uint8Array, ...args: string[]) {
    const file = join(folder, name);
    await writeFile(file, content);
    const ran = await verify(file, '--json', ...args);
    expect(ran.err).toBe('');
    return { code: ran.code, report: JSON.parse(ran.out) as Record<string, unknown> };
  }

  async function pdfIn(language: string): Promise<Buffer> {
    const response = await fetch(`${server.running.url}${path()}?language=${language}`, {
      headers: { authorization: `Bearer ${server.admin}`, accept: 'application/pdf' },
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'application/pdf',
    ]);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-disposition')).toContain(`"${number}.pdf"`);
    return Buffer.from(await response.arrayBuffer());
  }

  it('is what a stranger finds good, with the ledger’s key had from elsewhere', async () => {
    const { code, report } = await verified('copy.json', copy, '--vkey', vkey);
    expect([code, report.id, report.event]).toEqual([0, event, 'proven']);
    expect(report).toMatchObject({ case: number, receipt: 'good', statement: 'good' });
    expect(report).toMatchObject({ isKeyGiven: true, copies: { state: 'awaited' } });
  });

  it('is altered, or badly signed, where anything of it was changed', async () => {
    const data = copyWith(copy, ['erasure', 'data'], (value) =>
      Buffer.from(
        Buffer.from(String(value), 'base64').toString().replace('consent-withdrawn', 'objection'),
      ).toString('base64'),
    );
    expect((await verified('data.json', data)).code).toBe(10);
    const day = copyWith(copy, ['copies', 'day'], () => '2020-01-01');
    expect((await verified('day.json', day)).code).toBe(15);
    const other = (await server.call('GET', '/evidence/checkpoint')).text.split('\n')[0] ?? '';
    expect((await verified('key.json', copy, '--vkey', vkey.replace(other, 'a.b'))).code).toBe(2);
  });

  it.each(['fi', 'sv', 'en'])('has a PDF in %s with the copy in it', async (language) => {
    const pdf = await pdfIn(language);
    const attached = (await copyInPdf(pdf)) ?? '';
    expect(JSON.parse(attached)).toMatchObject({ receipt: { event, case: number } });
    const { code, report } = await verified(`${language}.pdf`, pdf, '--vkey', vkey);
    expect([code, report.isAttachment]).toEqual([0, true]);
    expect(pdf.toString('latin1')).toContain(`/Lang (${language})`);
  });

  it.each(['verify.html', 'verify.mjs'])('comes with %s for whoever has it', async (name) => {
    const answer = await server.call('GET', `/${name}`, { headers: { authorization: '' } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain(
      name === 'verify.html' ? 'html' : 'javascript',
    );
    // The page's own policy lets its scripts run, and nothing else.
    expect(answer.headers.get('content-security-policy')).toBe("frame-ancestors 'none'");
    expect(answer.text).toBe(await readFile(`dist/verifier/${name}`, 'utf8'));
  });

  it('holds nothing of the person', async () => {
    const pdf = (await pdfIn('fi')).toString('latin1');
    for (const canary of CANARIES) {
      expect(copy).not.toContain(canary);
      expect(pdf).not.toContain(canary);
    }
    const stored = (JSON.parse(copy) as { erasure: { data: string; metadata: string } }).erasure;
    for (const bytes of [stored.data, stored.metadata]) {
      const text = Buffer.from(bytes, 'base64').toString();
      for (const canary of CANARIES) expect(text).not.toContain(canary);
    }
  });

  it('is given to whom the case is, and kept by nobody', async () => {
    for (const role of ['staff', 'officer', 'auditor']) {
      const answer = await server.call('GET', path(), { token: await server.token(role) });
      expect([role, answer.status]).toEqual([role, 200]);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
    const open = await server.call('GET', path(), { headers: { authorization: '' } });
    expect(open.status).toBe(401);
  });

  it('is of a receipt of that case', async () => {
    const none = await server.call('GET', path(number, EVENT_OF_NOBODY));
    expect([none.status, none.body.code]).toEqual([404, 'receipt-not-found']);
    const noCase = await server.call('GET', path('E-0000-0000-0000'));
    expect([noCase.status, noCase.body.code]).toEqual([404, 'case-not-found']);
    const started = (JSON.parse(copy) as { receipt: { started: string } }).receipt.started;
    expect((await server.call('GET', path(number, started))).status).toBe(404);
    expect((await server.call('GET', `${path()}?language=de`)).status).toBe(400);
  });

  it('is a problem as long as no checkpoint covers the erasure', async () => {
    const { id } = await server.registered();
    const reply = { email: REPLY, language: 'fi' };
    const asked = await server.call('POST', `/api/customers/${id}/erasure`, {
      body: { ground: 'objection', reply },
    });
    const receipt = await receiptIn(asked.body.case);
    const before = await server.call('GET', path(asked.body.case, receipt));
    expect([before.status, before.body.code]).toEqual([409, 'not-signed-yet']);
    const waited = await server.call('GET', `${path(asked.body.case, receipt)}?wait=true`);
    expect(waited.status).toBe(200);
  });
});
