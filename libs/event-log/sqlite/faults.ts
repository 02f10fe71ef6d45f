/** Where a crash is tried out while events are appended. */
export const EVENT_LOG_FAULT_POINTS = [
  'append.between-events',
  'append.before-commit',
  'append.after-commit',
] as const;

export type EventLogFaultPoint = (typeof EVENT_LOG_FAULT_POINTS)[number];
