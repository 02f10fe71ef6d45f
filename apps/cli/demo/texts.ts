import type { Texts } from './text-form.js';
import { en } from './texts-en.js';
import { fi } from './texts-fi.js';
import { sv } from './texts-sv.js';

export const DEMO_LANGUAGES = ['fi', 'sv', 'en'] as const;
export type DemoLanguage = (typeof DEMO_LANGUAGES)[number];

/** The texts by language. */
export const TEXTS: Readonly<Record<DemoLanguage, Texts>> = { fi, sv, en };
