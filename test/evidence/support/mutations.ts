import { FLIPS } from './mutations/flips.js';
import { GONE } from './mutations/gone.js';
import { HEADS } from './mutations/heads.js';
import { MOVED } from './mutations/moved.js';
import type { Mutation } from './mutations/mutation.js';
import { TILES } from './mutations/tiles.js';

export { NEWER, OLDER, type Mutation } from './mutations/mutation.js';

/** Edits of the files of a prepared ledger, and what is to be found. */
export const MUTATIONS: readonly Mutation[] = [...FLIPS, ...GONE, ...MOVED, ...TILES, ...HEADS];
