import type { AuditReport } from './report.js';

export const WORD_LANGUAGES = ['fi', 'sv', 'en'] as const;
export type WordLanguage = (typeof WORD_LANGUAGES)[number];

type Text = Readonly<Record<WordLanguage, string>>;

/** What an audit has shown, in words; `{n}` is a number of events. */
const SHOWN = {
  'all-held': {
    fi: 'Jokaisen tapahtuman tiiviste laskettiin uudelleen siitä, mitä säilö antaa, ja puun juuri on se, joka allekirjoitettiin.',
    sv: 'Varje händelses kondensat beräknades på nytt av det som lagret ger, och trädets rot är den som undertecknades.',
    en: 'Every event was hashed anew from what the store gives, and the tree over them has the root that was signed.',
  },
  located: {
    fi: 'Nimetyt kohdat poikkeavat allekirjoitetusta; kaikki muut allekirjoitetut tapahtumat ovat ennallaan.',
    sv: 'De nämnda ställena avviker från det som undertecknades; alla andra undertecknade händelser är oförändrade.',
    en: 'The places that are named differ from what was signed; every other signed event is what it was.',
  },
  'agrees-to': {
    fi: 'Ensimmäiset {n} tapahtumaa ovat ne, jotka allekirjoitettiin; ero on niiden jälkeen.',
    sv: 'De första {n} händelserna är de som undertecknades; skillnaden finns efter dem.',
    en: 'The first {n} events are those that were signed; the difference lies after them.',
  },
  streams: {
    fi: 'Jokainen virta antaa erikseen luettuna samat tapahtumat kuin loki.',
    sv: 'Varje ström ger för sig läst samma händelser som loggen.',
    en: 'Each stream, read by itself, gives the same events as the log.',
  },
  witnessed: {
    fi: 'Ensimmäiset {n} tapahtumaa ovat ne, jotka riittävän monta ulkopuolista todistajaa on vahvistanut.',
    sv: 'De första {n} händelserna är de som tillräckligt många utomstående vittnen har bekräftat.',
    en: 'The first {n} events are those that enough outside witnesses have cosigned.',
  },
  shredded: {
    fi: 'Hävitetyt henkilötiedot hävitti lokin tapahtuma; niiden tapahtumat ovat silti ne, jotka allekirjoitettiin.',
    sv: 'De förstörda personuppgifterna förstördes av en händelse i loggen; deras händelser är ändå de som undertecknades.',
    en: 'Where personal data are shredded an event of the log did it; their events are still what was signed.',
  },
} as const satisfies Readonly<Record<string, Text>>;

/** What it cannot show. */
const NOT_SHOWN = {
  unrecorded: {
    fi: 'Ettei jotakin tapahtunut, mitä koskaan ei kirjattu.',
    sv: 'Att inget har hänt som aldrig antecknades.',
    en: 'That nothing happened which was never recorded.',
  },
  'before-signing': {
    fi: 'Ettei mitään muutettu tai ujutettu väliin ennen kuin se ensi kerran allekirjoitettiin.',
    sv: 'Att inget ändrades eller smögs in innan det undertecknades för första gången.',
    en: 'That nothing was changed or slipped in before it was signed the first time.',
  },
  contents: {
    fi: 'Mitä kirjekuorissa on: niitä ei avattu.',
    sv: 'Vad kuverten innehåller: de öppnades inte.',
    en: 'What is inside envelopes: none was opened.',
  },
  'key-holder': {
    fi: 'Ettei se, jolla on allekirjoitusavain, loki ja ankkuri, ole kirjoittanut kaikkea uudelleen: sen näyttää vain säilytetty tarkastuspiste tai ulkopuolinen todistaja.',
    sv: 'Att den som har signeringsnyckeln, loggen och ankaret inte har skrivit om allt: det visar bara en sparad kontrollpunkt eller ett utomstående vittne.',
    en: 'That whoever has signing key, log and anchor has not written all of it anew: only a checkpoint that somebody kept, or an outside witness, shows that.',
  },
  'cut-off': {
    fi: 'Ettei lokin loppua ole katkaistu tarkastuspisteineen: ankkuria ei ollut, eikä säilytettyä tarkastuspistettä.',
    sv: 'Att loggens slut inte har skurits av med sina kontrollpunkter: det fanns varken ankare eller sparad kontrollpunkt.',
    en: 'That the end of the log was not cut off with its checkpoints: there was neither anchor nor kept checkpoint.',
  },
  'no-quorum': {
    fi: 'Mitä ulkopuoliset todistajat ovat nähneet: riittävän moni ei ole vahvistanut mitään tarkastuspistettä.',
    sv: 'Vad utomstående vittnen har sett: ingen kontrollpunkt har bekräftats av tillräckligt många.',
    en: 'What outside witnesses have seen: no checkpoint has been cosigned by enough of them.',
  },
  'no-tiles': {
    fi: 'Missä jotakin muutettiin: laattoja ei ollut, tai ne eivät ole ne, jotka allekirjoitettiin.',
    sv: 'Var något ändrades: det fanns inga plattor, eller så är de inte de som undertecknades.',
    en: 'Where something was altered: there were no tiles, or they are not those that were signed.',
  },
  'no-vault': {
    fi: 'Ovatko avaimet tallella: holvia ei kysytty, joten kadonneita (LOST) ei etsitty.',
    sv: 'Om nycklarna finns kvar: valvet tillfrågades inte, så förlorade (LOST) söktes inte.',
    en: 'Whether keys are there: no vault was asked, so nothing was looked for that is LOST.',
  },
  unsigned: {
    fi: 'Mitään allekirjoittamattomista (UNSIGNED) tapahtumista: {n} tapahtumaa odottaa tarkastuspistettä.',
    sv: 'Något om händelser som inte är undertecknade (UNSIGNED): {n} händelser väntar på en kontrollpunkt.',
    en: 'Anything of events that are UNSIGNED: {n} wait for a checkpoint.',
  },
} as const satisfies Readonly<Record<string, Text>>;

const TEXTS: Readonly<Record<string, Text>> = { ...SHOWN, ...NOT_SHOWN };

/** A statement about an audit. */
export interface Statement {
  readonly code: keyof typeof SHOWN | keyof typeof NOT_SHOWN;
  readonly n?: number;
}

/** A statement in words. */
export function wordsOf({ code, n }: Statement, language: WordLanguage): string {
  return (TEXTS[code]?.[language] ?? code).replace('{n}', String(n ?? ''));
}

/** What an audit has shown. */
export function shownBy(report: AuditReport): readonly Statement[] {
  const { heads, faults, totals, agreesTo } = report;
  const isHeld = heads.length > 0 && heads.every(({ standing }) => standing === 'agrees');
  const hasSignature = faults.every(({ fault }) => NO_DOUBT.has(fault));
  const witnessed = witnessedSize(report);
  const statements: Statement[] = [];
  if (isHeld) statements.push({ code: 'all-held' });
  else if (hasSignature) statements.push({ code: 'located' });
  else if (agreesTo !== undefined && agreesTo > 0) {
    statements.push({ code: 'agrees-to', n: agreesTo });
  }
  if (witnessed !== undefined) statements.push({ code: 'witnessed', n: witnessed });
  if (totals.MISSING + totals.INSERTED === 0) statements.push({ code: 'streams' });
  if (totals.SHREDDED > 0) statements.push({ code: 'shredded' });
  return statements;
}

/** Faults that leave what was signed beyond doubt. */
const NO_DOUBT: ReadonlySet<string> = new Set(['unsigned-too-long', 'quorum-missing']);

/** Up to where witnesses stand for what the log has. */
function witnessedSize({ heads }: AuditReport): number | undefined {
  return heads.find(({ source, standing }) => source === 'witnesses' && standing === 'agrees')
    ?.size;
}

/** What it cannot show. */
export function notShownBy(report: AuditReport): readonly Statement[] {
  const { heads, tiles, hasVault, unsigned } = report;
  const has = (wanted: string) => heads.some(({ source }) => source === wanted);
  const statements: Statement[] = [];
  if (unsigned.count > 0) statements.push({ code: 'unsigned', n: unsigned.count });
  if (!hasVault) statements.push({ code: 'no-vault' });
  if (tiles.state !== 'compared') statements.push({ code: 'no-tiles' });
  if (!has('anchor') && !has('kept')) statements.push({ code: 'cut-off' });
  if (report.witnessed !== undefined && report.witnessed.newest === undefined) {
    statements.push({ code: 'no-quorum' });
  }
  if (!has('kept') && witnessedSize(report) === undefined) statements.push({ code: 'key-holder' });
  const always = ['before-signing', 'unrecorded', 'contents'] as const;
  return [...statements, ...always.map((code) => ({ code }))];
}
