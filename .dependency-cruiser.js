// The rules of the house: who may import whom. `npm run lint` enforces them.

const ADAPTERS = '(sqlite|memory|file|eventstoredb|mongodb)';
const ADAPTER = `^libs/[^/]+/${ADAPTERS}/`;
/** Code that only tests load: specs, contract suites, helpers of tests. */
const TEST = '^test/|\\.spec\\.ts$|^libs/[^/]+/(contract|testing)(/|\\.ts$)|\\.contract\\.ts$';
/** What of a lib may be imported from outside it. */
const DOORS = `^libs/[^/]+/((${ADAPTERS.slice(1, -1)}|contract|testing|edge|verifier)/)?index\\.ts$`;
/** `edge.ts` of a feature, a lib's `edge/` folder, and the lib that all of them share. */
const EDGE = ['(^|/)edge(\\.spec)?\\.ts$', '^libs/edge/', '^libs/[^/]+/edge/'];
const DOMAIN = '(customers|accountability|rights|access)';
const PORTS = '(event-log|vault|views|commands)';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'core-imports-nothing-of-ours',
      comment: 'kernel and law are pure: they import no other lib and no app.',
      severity: 'error',
      from: { path: '^libs/(kernel|law)/', pathNot: TEST },
      to: { path: '^(libs|apps|test)/', pathNot: '^libs/$1/' },
    },
    {
      name: 'domain-imports-core-and-ports',
      comment: 'A domain lib imports kernel, law and ports, by their index; its specs may do more.',
      severity: 'error',
      from: { path: `^libs/${DOMAIN}/`, pathNot: [TEST, ...EDGE] },
      to: {
        path: '^(libs|apps|test)/',
        pathNot: ['^libs/$1/', `^libs/(kernel|law|${PORTS.slice(1, -1)})/index\\.ts$`],
      },
    },
    {
      name: 'edges-import-core-ports-and-edge',
      comment: 'An edge imports what its domain does, and the shared parts of all edges.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/.*edge(\\.ts$|/)', pathNot: TEST },
      to: {
        path: '^(libs|apps|test)/',
        pathNot: ['^libs/$1/', `^libs/(kernel|law|edge|${PORTS.slice(1, -1)})/index\\.ts$`],
      },
    },
    {
      name: 'edge-imports-the-core',
      comment: 'What all edges share knows no domain.',
      severity: 'error',
      from: { path: '^libs/edge/', pathNot: TEST },
      to: { path: '^(libs|apps|test)/', pathNot: '^libs/(edge/|(kernel|law)/index\\.ts$)' },
    },
    {
      name: 'only-edges-import-the-edge',
      comment: 'What is behind the edge knows nothing of it.',
      severity: 'error',
      from: { path: '^libs/', pathNot: [...EDGE, TEST] },
      to: { path: EDGE },
    },
    {
      name: 'only-apps-import-adapters',
      comment: 'Libs know ports; apps choose engines. An index.ts does not re-export adapters.',
      severity: 'error',
      from: { path: '^libs/', pathNot: [TEST, ADAPTER] },
      to: { path: ADAPTER },
    },
    {
      name: 'adapters-do-not-import-each-other',
      severity: 'error',
      from: { path: `^libs/([^/]+)/${ADAPTERS}/`, pathNot: TEST },
      to: { path: ADAPTER, pathNot: '^libs/$1/$2/' },
    },
    {
      name: 'nest-only-at-the-edge',
      comment: 'The web framework ends at edge.ts; what is behind it runs without it.',
      severity: 'error',
      from: { path: '^libs/', pathNot: EDGE },
      to: { path: '(^|/)(@nestjs|@fastify|fastify)/' },
    },
    {
      name: 'verifier-stands-alone',
      comment: 'What checks evidence runs in a browser, and a stranger reads all of it.',
      severity: 'error',
      from: { path: '^libs/evidence/verifier/', pathNot: TEST },
      to: { pathNot: '^libs/evidence/verifier/' },
    },
    {
      name: 'verifiers-programs-stand-alone',
      severity: 'error',
      from: { path: '^apps/verifier/', pathNot: TEST },
      to: {
        pathNot: ['^apps/verifier/', '^libs/evidence/verifier/index\\.ts$'],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'dto-validation-only-at-the-edge',
      severity: 'error',
      from: { path: '^(libs|test)/', pathNot: EDGE },
      to: { path: '(^|/)(class-validator|class-transformer)/' },
    },
    {
      name: 'libs-have-one-door',
      comment: "From outside, a lib is its index.ts, and its adapters' index.ts.",
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/', pathNot: ['^libs/$1/', DOORS] },
    },
    {
      name: 'libs-have-one-door-for-apps',
      severity: 'error',
      from: { path: '^(apps|test)/' },
      to: { path: '^libs/', pathNot: DOORS },
    },
    {
      name: 'other-libs-by-name',
      comment: 'A lib is imported from outside as #name.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: {
        path: '^libs/',
        pathNot: '^libs/$1/',
        dependencyTypesNot: ['aliased-subpath-import'],
      },
    },
    {
      name: 'other-libs-by-name-for-apps',
      severity: 'error',
      from: { path: '^(apps|test)/' },
      to: { path: '^libs/', dependencyTypesNot: ['aliased-subpath-import'] },
    },
    {
      name: 'own-lib-by-relative-path',
      comment: 'Within a lib imports are relative: its own name would be a way round to itself.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/$1/', dependencyTypes: ['aliased-subpath-import'] },
    },
    {
      name: 'libs-do-not-import-apps',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'product-does-not-import-tests',
      severity: 'error',
      from: { path: '^(libs|apps)/', pathNot: TEST },
      to: { path: TEST },
    },
    {
      name: 'product-does-not-import-dev-dependencies',
      severity: 'error',
      from: { path: '^(libs|apps)/', pathNot: TEST },
      to: { dependencyTypes: ['npm-dev'], pathNot: '^node_modules/@types/' },
    },
    {
      name: 'dependencies-are-declared',
      severity: 'error',
      from: { path: '^(libs|apps|test)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'imports-resolve',
      severity: 'error',
      from: { path: '^(libs|apps|test)/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: { path: '^(libs|apps|test)/' },
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nothing imports and that imports nothing is left over.',
      severity: 'error',
      from: {
        orphan: true,
        path: '^(libs|apps|test)/',
        pathNot: ['^apps/[^/]+/main\\.ts$', '^test/', '\\.spec\\.ts$', '\\.d\\.ts$'],
      },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|data|\\.ci|\\.services|\\.containers|[^/]+\\.secrets)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
    },
  },
};
