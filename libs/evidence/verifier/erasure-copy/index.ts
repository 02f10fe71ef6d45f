/** Checking a person's copy of an erasure receipt, as text or out of a PDF. */
export { checkCopy, type CopyAsked } from './check.js';
export * from './format.js';
export { copyInPdf, isJson, isPdf } from './pdf.js';
export { readCopy, signedPart } from './read-copy.js';
export * from './report.js';
export { toldOf } from './proven.js';
