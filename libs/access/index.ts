/** Who may use the ledger: API tokens and their roles. */
export * from './tokens.js';
