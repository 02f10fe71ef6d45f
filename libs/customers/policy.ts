import type { Category } from '#kernel';
import type { LocalDate } from '#law';

/** What the register definition decides about customers. */
export interface CustomerPolicy {
  /** Whether a purpose processes a category: only then is a value of it opened for it. */
  processes(purpose: string, category: Category): boolean;
  /** Whether the register definition names a recipient for a purpose. */
  mayReceive(purpose: string, recipient: string): boolean;
  /** Whether Art. 18(2), or the person's own request, lets a purpose use restricted data. */
  mayUseRestricted(purpose: string): boolean;
  /** The last day of the financial year that holds a business date. */
  financialYearOf(date: LocalDate): LocalDate;
  /** The version of the privacy notice in force. */
  readonly notice: number;
}
