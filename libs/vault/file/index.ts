/** KEKs and anchor as files of the secrets folder. */
export { openFileAnchor } from './file-anchor.js';
export { openFileKeks } from './file-keks.js';
