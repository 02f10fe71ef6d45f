import { faultPoint } from '#kernel';

/** Where the crash tests end the process while the tree is written: rows are there, the state is not. */
export const EVIDENCE_FAULT_POINTS = ['evidence.before-state'] as const;

export type EvidenceFaultPoint = (typeof EVIDENCE_FAULT_POINTS)[number];

/** Marks a place of this lib. */
export function reach(point: EvidenceFaultPoint): void {
  faultPoint(point);
}
