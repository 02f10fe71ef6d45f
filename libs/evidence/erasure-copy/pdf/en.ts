import type { CopyWords } from './words.js';

export const en: CopyWords = {
  title: 'Erasure receipt',
  attachment: 'Signed erasure receipt that anybody can check',
  page: (number, of) => `Page ${number} / ${of}`,
  facts: {
    controller: 'Controller',
    register: 'Register',
    case: 'Case number',
    madeAt: 'Copy made',
    ledger: 'Ledger',
    event: 'Event',
    index: 'Place in the ledger',
    size: 'Size of the checkpoint',
    root: 'Root of the checkpoint',
    vkey: "The ledger's key (vkey)",
    signer: 'Signer of the receipt',
    cosigners: 'Have cosigned the checkpoint',
    keys: 'Fingerprints of the destroyed keys',
  },
  headings: {
    what: 'What was erased',
    why: 'On what ground',
    when: 'When',
    kept: 'What is kept, and why',
    disclosed: 'What had been disclosed before',
    rights: 'Your rights',
    check: 'How to check this receipt',
    proof: 'Details of the proof',
  },
  lead: (controller) =>
    `${controller} has erased your personal data listed below: they are pseudonymised, with the keys ` +
    'destroyed.',
  means:
    'The data were stored in encrypted form only. The key that could have opened them is destroyed in ' +
    'the running system: nobody can read them there any more, nor can we. Of backups, see "When".',
  financialYear: (day) => `the financial year whose last day is ${day}`,
  grounds: {
    'no-longer-needed':
      'The data are no longer needed for the purposes for which they were collected (GDPR, Article ' +
      '17(1)(a)).',
    'consent-withdrawn':
      'The consent on which the processing was based has been withdrawn (GDPR, Article 17(1)(b)).',
    objection: 'The processing was objected to (GDPR, Article 17(1)(c)).',
    unlawful: 'The data had been processed unlawfully (GDPR, Article 17(1)(d)).',
    'legal-obligation': 'The law obliged us to erase the data (GDPR, Article 17(1)(e)).',
    'child-information-society':
      'The data were collected in connection with an information society service offered to a child ' +
      '(GDPR, Article 17(1)(f)).',
  },
  since: (at) => `The data cannot be read in the running system since ${at}.`,
  by: (day) =>
    `The receipt promises that from the end of ${day} they cannot be opened from any copy or backup.`,
  copies: (state, number) => {
    switch (state) {
      case 'awaited':
        return (
          'This is not confirmed yet. The confirmation is recorded when the key of the copies is ' +
          `destroyed (event KekRetired). Ask then for a new copy with the case number ${number}: it ` +
          'holds the confirmation with its proof.'
        );
      case 'confirmed':
        return (
          'This is confirmed: the key of the copies is destroyed. The confirmation and its proof are ' +
          'in the attachment (event KekRetired).'
        );
      case 'overdue':
        return (
          'The day has gone by, and no confirmation is recorded yet (event KekRetired). Ask the ' +
          `controller why, and for a new copy with the case number ${number}.`
        );
    }
  },
  nothingKept: 'Nothing required us to keep other data of yours that the erasure concerns.',
  keptLead: 'These could not be erased yet. They go by themselves when the last reason ends:',
  holds: {
    'open-invoice': 'an invoice is open: until it is paid or credited (GDPR, Article 17(3)(e))',
    collection: 'a debt is being collected: until the collection ends (GDPR, Article 17(3)(e))',
    'contact-person': 'you are the contact person of an organisation: until that role ends',
  },
  statutory: (day) =>
    `the law requires the voucher to be kept: to the end of ${day} (Accounting Act 1336/1997, chapter ` +
    '2, section 10; GDPR, Article 17(3)(b))',
  traces:
    'What stays in the ledger is the encrypted content without its key, and kinds, times and random ids ' +
    'of events, so that it can be shown that nothing was changed. These are pseudonymised data. Your ' +
    'reply address is destroyed when the case is closed.',
  nothingDisclosed:
    'No entry of the erased data had been disclosed to anybody as evidence before the erasure.',
  disclosed: (count) =>
    `Entries that had been disclosed as evidence before the erasure: ${count}. What a recipient already ` +
    'has is not taken away by this erasure. The events:',
  complaint:
    'You have the right to bring the matter before the Data Protection Ombudsman, or to lodge a ' +
    'complaint with the supervisory authority of the member state where you live or work or where the ' +
    'infringement took place (Data Protection Act 1050/2018, section 21; GDPR, Article 77).',
  court: 'You may also bring the matter before a court (GDPR, Article 79).',
  steps: [
    'Get the page verify.html. The controller gives it to you; it works without a network.',
    'Open verify.html in a browser, and drop this PDF or its attachment erasure-copy.json on it.',
    "Enter the ledger's key (vkey) that you had from elsewhere than this document, and compare it with " +
      'the one below.',
    'The page says whether the receipt is what the ledger signed, and what it cannot show. On the ' +
      'command line: node verify.mjs erasure-copy.json --vkey KEY',
  ],
  signedIs:
    'What is signed is the attachment erasure-copy.json, not these pages. Where they differ, the ' +
    'attachment counts.',
  proofLead: 'By these the receipt is found in the ledger, which nobody can change unseen.',
};
