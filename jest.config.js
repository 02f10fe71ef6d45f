import { existsSync } from 'node:fs';

/** @type {import('jest').Config} */
export default {
  // To jest a root that is not there is an error.
  roots: ['libs', 'apps', 'test'].filter((root) => existsSync(new URL(root, import.meta.url))),
  testMatch: ['**/*.spec.ts'],
  testEnvironment: 'node',
  // "source" makes "#lib" the sources that are being edited, never a stale build.
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  testTimeout: 30_000,
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
};
