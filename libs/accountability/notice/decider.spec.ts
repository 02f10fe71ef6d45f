import { describe, expect, it } from '@jest/globals';
import { parseLocalDate } from '#law';
import { Value } from 'typebox/value';

import { noticeDecider, noticeInForce, NoticePublished, readNotices } from '../index.js';
import type { Language, NoticeText, PublishNotice } from '../index.js';
import { given, recorded } from '../testing.js';

function text(date: string, language: Language, of = 'a'): NoticeText {
  return { language, file: `notice-${date}.${language}.txt`, sha256: of.repeat(64) };
}

function notice(date: string, ...texts: NoticeText[]): PublishNotice {
  const day = parseLocalDate(date);
  if (day === undefined) throw new Error(`${date} is not a day`);
  return { do: 'publish-notice', date: day, texts };
}

const first = notice('2020-02-20', text('2020-02-20', 'fi'));
const second = notice('2026-03-02', text('2026-03-02', 'fi', 'b'));

describe('publishing a notice', () => {
  it('for the first time gives version 1', () => {
    expect(given(noticeDecider).when(first)).toEqual([
      { type: 'NoticePublished', data: { version: 1, date: '2020-02-20', texts: first.texts } },
    ]);
  });

  it('of a later date gives the next version', () => {
    expect(given(noticeDecider, first).when(second)).toEqual([
      { type: 'NoticePublished', data: { version: 2, date: '2026-03-02', texts: second.texts } },
    ]);
  });

  it('again gives no event, also for one that is not in force any more', () => {
    const { when } = given(noticeDecider, first, second);
    expect(when(first)).toEqual([]);
    expect(when(second)).toEqual([]);
  });

  it('in another language too is a version of its own, in whatever order the texts come', () => {
    const both = [text('2020-02-20', 'sv', 'c'), text('2020-02-20', 'fi')];
    const { when, state } = given(noticeDecider, first, notice('2020-02-20', ...both));
    expect(state.map(({ version, texts }) => [version, texts.map((of) => of.language)])).toEqual([
      [1, ['fi']],
      [2, ['fi', 'sv']],
    ]);
    expect(when(notice('2020-02-20', ...both.reverse()))).toEqual([]);
  });

  it('of an earlier date than the one in force is refused', () => {
    expect(given(noticeDecider, second).when(first)).toMatchObject({ code: 'notice-not-newer' });
  });

  it('under the same date with another text is refused', () => {
    const altered = notice('2020-02-20', text('2020-02-20', 'fi', 'd'));
    expect(given(noticeDecider, first).when(altered)).toMatchObject({ code: 'notice-altered' });
  });

  it('folds to the notices in order, whatever else stands in the stream', () => {
    const other = recorded({ type: 'RegisterDefined', data: { version: 7 } });
    const { state } = given(noticeDecider, other, first, other, second);
    expect(state.map(({ version, date }) => [version, date])).toEqual([
      [1, '2020-02-20'],
      [2, '2026-03-02'],
    ]);
    expect(noticeInForce(state)?.version).toBe(2);
    expect(noticeInForce(noticeDecider.initial())).toBeUndefined();
  });

  it('yields data that its schema in the catalogue takes', () => {
    for (const command of readNotices()) {
      for (const event of [given(noticeDecider).when(command)].flat()) {
        expect(Value.Check(NoticePublished.data, 'data' in event ? event.data : null)).toBe(true);
      }
    }
  });
});
