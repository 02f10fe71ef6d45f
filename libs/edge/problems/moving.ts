import { problem } from './entry.js';

/** Problems of a place that a ledger has left, or has not come to as a whole. */
export const MOVING = {
  'ledger-moved': problem(
    503,
    [
      'Rekisteri on muuttanut',
      'Täällä se on suljettu: mitään ei kirjoiteta eikä allekirjoiteta. Ylläpito käynnistää sen ' +
        'uuden paikan asetuksilla; muutto perutaan komennolla ledger migrate --reopen.',
    ],
    [
      'Registret har flyttat',
      'Här är det stängt: ingenting skrivs eller undertecknas. De som driver det startar det med den ' +
        'nya platsens inställningar; flytten tas tillbaka med ledger migrate --reopen.',
    ],
    [
      'The ledger has moved',
      'It is closed here: nothing is written or signed. Those who run it start it with the settings of ' +
        'its new place; ledger migrate --reopen gives the move up.',
    ],
  ),
  'ledger-incomplete': problem(
    503,
    [
      'Rekisteri ei ole täällä kokonaan',
      'Muutto tänne on kesken tai peruttu. Aja ledger migrate uudelleen vanhan paikan asetuksilla.',
    ],
    [
      'Registret är inte här i sin helhet',
      'Flytten hit är inte klar eller har tagits tillbaka. Kör ledger migrate på nytt med den gamla ' +
        'platsens inställningar.',
    ],
    [
      'The ledger is not here as a whole',
      'A move to this place is not finished, or was given up. Run ledger migrate again with the settings ' +
        'of the old place.',
    ],
  ),
} as const;
