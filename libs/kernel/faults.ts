/**
 * Named places where a crash would hurt most. In the running product reaching one does nothing; the
 * crash tests set a probe that ends the process there, and count which places were reached.
 */
export type FaultProbe = (point: string) => void;

let probe: FaultProbe | undefined;

/** Marks a place by its name, `part.step`. */
export function faultPoint(point: string): void {
  probe?.(point);
}

/** Sets what happens at fault points; undefined switches them off again. For tests. */
export function setFaultProbe(next: FaultProbe | undefined): void {
  probe = next;
}
