/** Languages of the verifier, Finnish first. */
export const LANGUAGES = ['fi', 'sv', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The first language that somebody prefers and the verifier has. */
export function languageOf(preferred: readonly string[], otherwise: Language): Language {
  for (const tag of preferred) {
    const found = LANGUAGES.find((one) => tag.toLowerCase().startsWith(one));
    if (found !== undefined) return found;
  }
  return otherwise;
}
