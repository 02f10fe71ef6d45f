import { randomBytes } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import type { JsonObject, Position } from '#kernel';

import { MemoryViews } from './memory/index.js';
import type { Build, ViewDefinition } from './port.js';
import { Search } from './search.js';
import { MemorySecrets } from './testing/secrets.js';
import { searchSecretName, tokenizerOf } from './tokens.js';

const PEOPLE: ViewDefinition = {
  name: 'people',
  version: 1,
  indexes: [{ field: 'tokens', kind: 'array' }],
  tokens: ['email', 'phone'],
  route: () => [],
  apply: () => undefined,
};

async function fill(views: MemoryViews, secrets: MemorySecrets, build: Build, ids: string[]) {
  const tokenizer = await tokenizerOf(secrets, PEOPLE, build);
  const changes = ids.map((id) => {
    const doc: JsonObject = { tokens: [tokenizer.token('email', `${id}@example.org`)] };
    return { id, position: '1' as Position, doc };
  });
  await views.write(build, PEOPLE, { changes, checkpoint: '1' as Position, epoch: 1 });
}

describe('searching by tokens', () => {
  test('finds by field and text, and by nothing else', async () => {
    const views = new MemoryViews();
    const secrets = new MemorySecrets();
    await fill(views, secrets, await views.live(PEOPLE), ['a', 'b']);
    const search = new Search(views, secrets);
    const page = { limit: 10 };
    const find = async (field: string, text: string) =>
      (await search.find(PEOPLE, (token) => ({ tokens: token(field, text) }), page)).map(
        ({ id }) => id,
      );
    expect(await find('email', 'a@example.org')).toEqual(['a']);
    expect(await find('phone', 'a@example.org')).toEqual([]);
    expect(await find('email', 'c@example.org')).toEqual([]);
    const either = (token: (field: string, text: string) => string) => ({
      tokens: { $in: ['a', 'b', 'c'].map((id) => token('email', `${id}@example.org`)) },
    });
    expect(await search.count(PEOPLE, either)).toBe(2);
    await expect(find('name', 'a')).rejects.toMatchObject({ code: 'token-undeclared' });
  });

  test('a swap in the middle of it is not seen', async () => {
    const views = new MemoryViews();
    const secrets = new MemorySecrets();
    const live = await views.live(PEOPLE);
    await fill(views, secrets, live, ['a']);
    const begun = await views.begin(PEOPLE);
    await fill(views, secrets, begun, ['a', 'b']);
    const search = new Search(views, secrets);
    let swapped = false;
    const rows = await search.find(
      PEOPLE,
      (token) => {
        if (!swapped) void views.swap(begun, 1);
        swapped = true;
        return { tokens: token('email', 'a@example.org') };
      },
      { limit: 10 },
    );
    expect(rows.map(({ id }) => id)).toEqual(['a']);
    expect([...secrets.kept.keys()]).toEqual([searchSecretName(begun)]);
  });

  test('builds have tokens of their own', async () => {
    const views = new MemoryViews();
    const secrets = new MemorySecrets();
    const [one, two] = [await views.live(PEOPLE), await views.begin(PEOPLE)];
    const tokens = [];
    for (const build of [one, two]) {
      const tokenizer = await tokenizerOf(secrets, PEOPLE, build);
      tokens.push(tokenizer.token('email', 'x'), tokenizer.token('phone', 'x'));
    }
    expect(new Set(tokens).size).toBe(4);
    expect(randomBytes(16).toString('base64url')).toHaveLength(tokens[0]?.length ?? 0);
  });
});
