import type { CommandHandler } from '#commands';

import type { CustomerCommand } from '../commands.js';
import type { CustomerDraft } from '../event-types.js';
import type { CustomerState } from '../state.js';

/** The handler of customers' streams. */
export type CustomerHandler = CommandHandler<CustomerCommand, CustomerDraft, CustomerState>;
