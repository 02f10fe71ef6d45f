import type { Texts } from './text-form.js';

export const en: Texts = {
  intro: (folder) => [
    'A privacy ledger: every change to the customer register is an event that nobody can alter',
    'unseen. Every person can be erased all the same: their data are encrypted under keys of their',
    'own, and erasing destroys the keys.',
    `All of this really happens, in the temporary folder ${folder}.`,
  ],
  scenes: {
    register: 'Two customers register',
    change: 'Data change',
    order: 'An order and an open invoice',
    ask: 'Matti asks to be erased',
    settle: 'The invoice is paid',
    law: 'The Accounting Act keeps vouchers for six years',
    keys: 'What is left of the keys?',
    restore: 'Somebody puts back an old copy of the key vault',
    replay: 'What happened: the whole log',
  },
  registered: (name) => `${name} is in the register.`,
  changed: (name) => `${name}: contact details changed.`,
  shown: (name) => `The register shows: ${name}`,
  ordered: (total) => `Matti orders; an invoice of ${total} is open.`,
  copied: 'An administrator backs up the key vault. We shall come back to that.',
  asked: (number) => `The request gets case number ${number}.`,
  goesNow: (what) => `goes at once:  ${what}`,
  waits: (what, why) => `waits:         ${what}: ${why}`,
  gone: (what, receipt) => `Erased: ${what}. The receipt is signed: ${receipt}`,
  stillThere: (what) => `Still there: ${what}.`,
  settled: 'The invoice is paid. Nobody asks again; the erasure goes on by itself.',
  clockMoves: (from, to) => `The demo now moves its own clock: ${from} -> ${to}.`,
  noMoreCopies: (day) => `Unreadable in any copy by ${day} at the latest.`,
  bytesBefore: (found, of) => `The old copy holds ${found} of Matti's ${of} keys.`,
  bytesAfter: (found, of, files) =>
    `Every byte of the ${files} files of the data folder was read: ${found} of ${of} keys found.`,
  notOpened: (events, of) => `Of Matti's sealed envelopes ${events} of ${of} open.`,
  othersOpen: (name) => `Others' data open as before: ${name}`,
  putBack: 'The server is stopped, the old vault is copied in, and the server is started.',
  caught: (keys) =>
    `Starting found it: ${keys} destroyed keys had come back, and were destroyed again ` +
    'before anything was read.',
  replayIntro: (events, found) =>
    `${events} events. Names and addresses in the files of the data folder: ${found}. ` +
    'In brackets what lies encrypted.',
  removed: 'The temporary folder is removed.',
  kept: (folder) => `The folder was left: ${folder}`,
  categories: {
    identity: 'identity',
    contact: 'contact details',
    affiliation: 'the organisation represented',
    orders: 'orders and invoices',
  },
  holds: {
    invoice: 'an open invoice',
    law: (until) => `the Accounting Act, until ${until}`,
    other: 'another hold',
  },
};
