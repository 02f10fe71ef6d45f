import { CATEGORIES } from '#kernel';
import { Type } from 'typebox';
import type { Static } from 'typebox';

/** Kinds of customers: the notice's "Yritykset, yksityiset, Jh, muut yleishyödylliset organisaatiot". */
export const CUSTOMER_CATEGORIES = [
  'company',
  'private',
  'public-administration',
  'non-profit',
] as const;
export type CustomerCategory = (typeof CUSTOMER_CATEGORIES)[number];

/** Uses that a customer may forbid: the notice's five bans, and its directory. */
export const USES = [
  'directory-publication',
  'direct-advertising',
  'distance-selling',
  'direct-marketing',
  'market-research',
  'opinion-research',
] as const;
export type Use = (typeof USES)[number];

/** Grounds for erasure: Art. 17(1)(a) to (f). */
export const ERASURE_GROUNDS = [
  'no-longer-needed',
  'consent-withdrawn',
  'objection',
  'unlawful',
  'legal-obligation',
  'child-information-society',
] as const;
export type ErasureGround = (typeof ERASURE_GROUNDS)[number];

/** Grounds for restriction: Art. 18(1)(a) to (d). */
export const RESTRICTION_GROUNDS = [
  'accuracy-contested',
  'unlawful-not-erased',
  'needed-for-claims',
  'objection-pending',
] as const;
export type RestrictionGround = (typeof RESTRICTION_GROUNDS)[number];

/** Categories that an erasure covers; correspondence ends with its own case. */
export const ERASABLE = ['identity', 'affiliation', 'contact', 'orders'] as const;
export type Erasable = (typeof ERASABLE)[number];

/** Categories with one current value, whose scope is a generation. */
export const PROFILE = ['identity', 'affiliation', 'contact'] as const;
export type ProfileCategory = (typeof PROFILE)[number];

export const Uuid = Type.String({ format: 'uuid' });
/** Shown on letters and read out on the telephone; tells nothing of the person. */
export const CaseNumberText = Type.String({ pattern: '^E(-[0-9A-HJKMNP-TV-Z]{4}){3}$' });
export const Day = Type.String({ format: 'date' });
export const At = Type.String({ format: 'date-time' });

/** One key's coordinates within a subject: what an erasure takes or leaves. */
export const Part = Type.Object(
  { category: Type.Enum(CATEGORIES), scope: Type.String(), key: Uuid },
  { additionalProperties: false },
);
export type Part = Static<typeof Part>;
