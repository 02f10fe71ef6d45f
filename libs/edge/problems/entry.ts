/** A text in the three languages of the product. */
export type Text3 = Readonly<Record<'fi' | 'sv' | 'en', string>>;

/** What a problem's page says. */
export interface ProblemEntry {
  readonly status: number;
  readonly title: Text3;
  /** What it means and what to do. */
  readonly help: Text3;
}

/** Declares a problem: title and help in Finnish, Swedish and English. */
export function problem(
  status: number,
  fi: readonly [title: string, help: string],
  sv: readonly [title: string, help: string],
  en: readonly [title: string, help: string],
): ProblemEntry {
  return {
    status,
    title: { fi: fi[0], sv: sv[0], en: en[0] },
    help: { fi: fi[1], sv: sv[1], en: en[1] },
  };
}
