import type { LocalDate } from '#law';

/** What the register definition decides about customers. */
export interface CustomerPolicy {
  /** Whether Art. 18(2), or the person's own request, lets a purpose use restricted data. */
  mayUseRestricted(purpose: string): boolean;
  /** The last day of the financial year that holds a business date. */
  financialYearOf(date: LocalDate): LocalDate;
  /** The version of the privacy notice in force. */
  readonly notice: number;
}
