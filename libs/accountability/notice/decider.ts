import { canonicalJson, refuse } from '#kernel';
import type { Decider, DraftOf, Fact, FactOf, Refusal } from '#kernel';
import type { LocalDate } from '#law';

import { NoticePublished } from './events.js';
import type { NoticeText } from './events.js';

/** Publishes a notice. Publishing again what was published before changes nothing. */
export interface PublishNotice {
  readonly do: 'publish-notice';
  readonly date: LocalDate;
  /** At least one. */
  readonly texts: readonly NoticeText[];
}

/** A notice as it was published. */
export type PublishedNotice = FactOf<typeof NoticePublished>['data'];

/** The notices published so far, version 1 first. */
export type NoticeState = readonly PublishedNotice[];

/** The notices of the register; their events stand in the stream `register`. */
export const noticeDecider: Decider<PublishNotice, DraftOf<typeof NoticePublished>, NoticeState> = {
  initial: () => [],
  decide: (command, published) => {
    const texts = sorted(command.texts);
    if (published.some((notice) => isSame(notice, command.date, texts))) return [];
    return (
      refusal(command.date, texts, published) ?? [
        {
          type: 'NoticePublished',
          data: { version: published.length + 1, date: command.date, texts },
        },
      ]
    );
  },
  evolve: (published, fact) => (isNoticePublished(fact) ? [...published, fact.data] : published),
};

/** The notice in force; undefined before the first. */
export function noticeInForce(published: NoticeState): PublishedNotice | undefined {
  return published.at(-1);
}

function refusal(
  date: LocalDate,
  texts: readonly NoticeText[],
  published: NoticeState,
): Refusal | undefined {
  const latest = noticeInForce(published);
  if (latest !== undefined && date < latest.date) {
    const detail = 'A notice cannot bear an earlier date than the one in force.';
    return refuse('conflict', 'notice-not-newer', detail, 'date');
  }
  const ofThatDate = published.filter((notice) => notice.date === date);
  if (ofThatDate.some((notice) => texts.some((text) => alters(notice, text)))) {
    // People have been shown that text, and events name it: the other one is another notice.
    const detail = 'The text of a published notice has changed; a changed notice bears a new date.';
    return refuse('conflict', 'notice-altered', detail, 'texts');
  }
  return undefined;
}

function alters(notice: PublishedNotice, text: NoticeText): boolean {
  return notice.texts.some(
    ({ language, sha256 }) => language === text.language && sha256 !== text.sha256,
  );
}

function isSame(notice: PublishedNotice, date: LocalDate, texts: NoticeText[]): boolean {
  return notice.date === date && canonicalJson(notice.texts) === canonicalJson(texts);
}

function sorted(texts: readonly NoticeText[]): NoticeText[] {
  return [...texts].sort((a, b) => (a.language < b.language ? -1 : 1));
}

/** The log's data were written by this same type, so its name vouches for the shape. */
function isNoticePublished(fact: Fact): fact is FactOf<typeof NoticePublished> {
  return fact.type === NoticePublished.name;
}
