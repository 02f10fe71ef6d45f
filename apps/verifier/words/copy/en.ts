import type { CopyWords } from './words.js';

export const en: CopyWords = {
  results: {
    good: 'This erasure receipt is the one that the ledger signed.',
    refused: 'This could not be checked as asked.',
    ALTERED: 'The event of the erasure receipt was altered.',
    unproven: 'A signature or a proof is wrong: this copy cannot be relied upon.',
    keptDiffers: 'This is not the history of the checkpoint that you kept.',
  },
  refusals: {
    'no-copy': 'This is no copy of an erasure receipt, or one of a version that is not known.',
    'no-attachment': 'This PDF has no copy of an erasure receipt attached, or it cannot be read.',
  },
  kept: {
    agrees: 'The checkpoint is the one that you kept.',
    differs: 'The checkpoint is another than the one that you kept.',
    shorter: 'The checkpoint is older than the one that you kept: ask for a new copy.',
    'not-comparable':
      'It cannot be compared with the checkpoint that you kept: their sizes differ. That takes a bundle ' +
      'made with --kept.',
  },
  heading: 'Erasure receipt',
  facts: {
    case: 'Case number',
    erasedAt: 'Recorded',
    event: 'Event',
    index: 'Place in the ledger',
    madeAt: 'Copy made',
    since: 'Not to be read in the system since',
    copiesDay: 'Not to be opened from any copy after this day',
    keys: 'Keys destroyed',
    kept: 'Parts kept',
  },
  shown: {
    signedGiven: 'The copy and the checkpoint are signed with the key that you gave.',
    signedOwn: 'The copy and the checkpoint are signed with the key that the copy itself names.',
    receipt: "The receipt's own signature is the ledger's.",
    event:
      'The event is, byte for byte, the one in the ledger: its proof leads to the root that was signed.',
    day: (day) => `The ledger has promised that no copy opens after the end of ${day}.`,
    copies: {
      awaited: 'The promise is not confirmed yet.',
      confirmed: 'The promise is confirmed.',
      overdue: 'The day had gone by when the copy was made, and the promise was not confirmed.',
    },
    retirements: (count) =>
      `Events by which keys of copies were destroyed, and which are in the ledger: ${count}.`,
    destroyed: 'The data are pseudonymised, with the keys destroyed: so the ledger has signed.',
  },
  amiss: {
    signatureWrong: 'The signature of the checkpoint is wrong.',
    signatureMissing: 'The checkpoint is not signed with this key.',
    statement: 'The copy is not signed with this key, or was changed.',
    receipt: "The receipt's own signature is wrong.",
    told: 'The receipt as it is to be read says something else than the event.',
    altered: 'The event is another than the one that was signed in the ledger.',
    proof: "The event's proof leads to no root that was signed.",
    retirements: (count) =>
      `Destroyed keys of copies whose proof leads to no root that was signed: ${count}.`,
  },
  notShown: {
    keyIsLedgers:
      "That the key is the ledger's: only the copy's own key was used. Compare the vkey above with one " +
      'that you had by another way, from the controller or from a witness.',
    pages: 'What the pages of the PDF say: only its attachment is signed, and was checked.',
    keyIsGone:
      'That a key is gone: nobody can prove that something is not. The ledger answers for it.',
    copiesLater:
      'That copies do not open: ask after the promised day for a new copy of the receipt, with the confirmation.',
    receiptUnknown: "The receipt's own signature: its key is not here.",
    witnessesAreLedgers:
      "That the witnesses are independent: of their keys only the copy's own were used.",
    noKept: 'That others were shown the same history: no kept checkpoint was given.',
    theirs: 'Whose receipt it is: there is no name in it. The case number joins it to the request.',
    else: 'That there is nothing else of the same person that was never recorded, or is elsewhere.',
  },
};
