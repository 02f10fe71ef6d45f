import type { Views } from './port.js';

/** Views that are looked at: nothing of them, or about them, is written. */
export type InspectedViews = Pick<Views, 'builds' | 'count' | 'find' | 'ledgerId'>;
