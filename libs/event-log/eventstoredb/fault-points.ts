/** Where a crash is tried out while events are appended: the server takes an append whole or not at all. */
export const EVENT_LOG_FAULT_POINTS = ['append.before-commit', 'append.after-commit'] as const;

export type EventLogFaultPoint = (typeof EVENT_LOG_FAULT_POINTS)[number];
