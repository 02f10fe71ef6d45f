import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { InvalidInput, IntegrityError, Outage } from '#kernel';

import { answerOf } from './problem-answer.js';
import { problemPage } from './problem-page.js';
import { Problem } from './problem.js';
import { PROBLEMS } from './problems/index.js';

const CODE = /(?:\brefuse\(\s*'[a-z-]+',|new Problem\()\s*['`]([a-z-]+(?:\$\{[^}]*\})?)['`]/g;

/** Codes of modules that answer the command line alone, which prints them with their own words. */
const NEVER_OVER_HTTP = 'event-log/eventstoredb/set-up';

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?<!\.spec)\.ts$/.test(file) && !/(^|\/)(testing|contract)\//.test(file))
    .filter((file) => !file.startsWith(NEVER_OVER_HTTP))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
}

describe('the problem catalogue', () => {
  it('has every code that can leave', () => {
    const texts = [...sources('libs'), ...sources('apps')];
    const codes = texts.flatMap((text) => [...text.matchAll(CODE)].map(([, code]) => code ?? ''));
    expect(new Set(codes).size).toBeGreaterThan(40);
    const unknown = codes.filter((code) => {
      if (!code.includes('$')) return !Object.hasOwn(PROBLEMS, code);
      const prefix = code.slice(0, code.indexOf('$'));
      return !Object.keys(PROBLEMS).some((known) => known.startsWith(prefix));
    });
    expect(unknown).toEqual([]);
  });

  it.each(Object.entries(PROBLEMS))('says what %s is, in three languages', (code, entry) => {
    const page = problemPage(code, entry);
    for (const language of ['fi', 'sv', 'en'] as const) {
      expect(entry.title[language].length).toBeGreaterThan(3);
      expect(entry.help[language]).toMatch(/[.:]/);
      expect(page).toContain(`lang="${language}"`);
    }
    expect(page.indexOf('lang="fi"')).toBeLessThan(page.indexOf('lang="en"'));
  });
});

describe('an answer to an error', () => {
  it.each([
    ['an outage', new Outage('vault', 'busy'), 503, 'outage'],
    ['input', new InvalidInput('field', 'rule', 'hint'), 400, 'invalid-input'],
    ['integrity', new IntegrityError('key-mismatch', 'secret words'), 500, 'integrity'],
    ['a defect', new Error('secret words'), 500, 'internal'],
    ['what is no error', 'secret words', 500, 'internal'],
    [
      'a status',
      Object.assign(new Error('secret words'), { statusCode: 413 }),
      413,
      'body-too-large',
    ],
    ['a problem', new Problem('cursor', 'Not ours.'), 400, 'cursor'],
  ])('tells %s without its words', (_, error, status, code) => {
    const answer = answerOf(error);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(JSON.stringify(answer)).not.toContain('secret words');
    expect(answer.headers['retry-after']).toBe(status === 503 ? '1' : undefined);
  });
});
