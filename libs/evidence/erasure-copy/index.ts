/** A person's copy of an erasure receipt: signed, as text and as a document. */
export { signedCopy, type CopyParts, type ProvenStored } from './copy-text.js';
export { COPY_FILE, copyPdf, type CopyRegister } from './pdf/copy-pdf.js';
export { COPY_LANGUAGES, type CopyLanguage } from './pdf/words.js';
