import type { CopyLanguage } from './words.js';

const MONTHS = new Intl.DateTimeFormat('en-GB', { month: 'long', timeZone: 'UTC' });
const CLOCK = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Helsinki',
  hour: '2-digit',
  minute: '2-digit',
});
const AT = { fi: 'klo', sv: 'kl.', en: 'at' } as const;
const ZONE = { fi: 'Suomen aikaa', sv: 'finländsk tid', en: 'Finnish time' } as const;

/** A day as a language writes it: `2.3.2026`, `2 March 2026`. @param day `2026-03-02` */
export function dayIn(language: CopyLanguage, day: string): string {
  const [year = '', month = '', date = ''] = day.split('-');
  if (language !== 'en') return `${String(Number(date))}.${String(Number(month))}.${year}`;
  return `${String(Number(date))} ${MONTHS.format(Date.parse(`${day}T00:00:00Z`))} ${year}`;
}

/** An instant as a language writes it, in Helsinki. @param day in Helsinki at that instant */
export function instantIn(language: CopyLanguage, instant: string, day: string): string {
  const clock = CLOCK.format(Date.parse(instant));
  const time = language === 'en' ? clock : clock.replace(':', '.');
  return `${dayIn(language, day)} ${AT[language]} ${time} (${ZONE[language]})`;
}
