/** Every place of this lib where the crash tests end the process. */
export const VAULT_FAULT_POINTS = [
  'vault.before-commit',
  'vault.after-commit',
  'vault.destroy.after-commit',
  'vault.destroy.after-checkpoint',
  'anchor.before-append',
  'anchor.after-append',
  'kek.create.before-rename',
  'kek.create.after-rename',
  'kek.destroy.after-overwrite',
  'rotation.after-kek-made',
  'rotation.after-named',
  'rotation.after-rewrap-batch',
  'rotation.before-kek-destroyed',
  'rotation.after-kek-destroyed',
  'rotation.after-retired',
] as const;
