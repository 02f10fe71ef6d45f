/** Places where a crash would hurt most while a checkpoint is made. */
export const CHECKPOINT_FAULT_POINTS = [
  'checkpoint.before-claim',
  'checkpoint.claimed',
  'checkpoint.signed',
  'checkpoint.recorded',
] as const;
