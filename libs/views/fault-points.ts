/** Where the crash tests end the process while views are projected, rebuilt and cleared away. */
export const VIEWS_FAULT_POINTS = [
  'projection.before-write',
  'projection.before-checkpoint',
  'projection.after-write',
  'projection.before-park',
  'projection.after-park',
  'rebuild.after-begin',
  'rebuild.before-swap',
  'rebuild.after-swap',
  'rebuild.after-secret-destroyed',
  'rebuild.after-drop',
  'views.before-scrub',
  'views.after-scrub',
] as const;

export type ViewsFaultPoint = (typeof VIEWS_FAULT_POINTS)[number];
