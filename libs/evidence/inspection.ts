import type { TreeStore } from './port.js';

/** A stored tree that is looked at and not worked with: nothing of it is written. */
export type InspectedTree = Pick<
  TreeStore,
  'ledgerId' | 'state' | 'tiles' | 'leaves' | 'checkpoint'
>;
