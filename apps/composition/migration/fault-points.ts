/** Every place of a move where the crash tests end the process. */
export const MIGRATION_FAULT_POINTS = [
  'migrate.arriving',
  'migrate.marked',
  'migrate.anchor-page',
  'migrate.vault-page',
  'migrate.log-page',
  'migrate.compared',
  'migrate.closed',
] as const;

export type MigrationFaultPoint = (typeof MIGRATION_FAULT_POINTS)[number];
