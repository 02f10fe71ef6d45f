import { problem } from './entry.js';

/** Problems of what auditors ask for. */
export const AUDIT = {
  'job-not-found': problem(
    404,
    [
      'Laskentaa ei ole',
      'Sen tuntee vain prosessi, jolta se pyydettiin, tunnin ajan: pyydä luvut uudelleen.',
    ],
    [
      'Beräkningen finns inte',
      'Bara den process som ombads känner den, i en timme: be om siffrorna på nytt.',
    ],
    [
      'There is no such count',
      'Only the process that was asked knows it, for an hour: ask for the figures again.',
    ],
  ),
  'jobs-running': problem(
    503,
    ['Muita laskentoja on kesken', 'Pyydä uudelleen, kun ne ovat valmiit.'],
    ['Andra beräkningar pågår', 'Be på nytt när de är färdiga.'],
    ['Other figures are being counted', 'Ask again when they are done.'],
  ),
} as const;
