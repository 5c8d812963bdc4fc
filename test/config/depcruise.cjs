// The floors, lowest first: core, contracts, implementations, pool, adapters, the public list.
const core = '^src/core/';
const families = '^src/(key|limits|limiter|selector|failure|rotation|spend|provider|stats)/';
const contract =
  '^src/(key/key|limits/limit-update|limiter/limiter|selector/selector|failure/failure|provider/provider|rotation/rotation-store|spend/spend-(probe|history|pool))[.]ts$';
const pool = '^src/pool/';
const adapters = '^src/(fetch|mongodb|bottleneck|undici|testing)/';
const publicList = '^src/index[.]ts$';
const mongodb = '^src/mongodb/';
const structuredFields = '^src/limits/parse/structured[.]ts$';
const entries = [publicList, '^src/[^/]+/index[.]ts$'];
const ownFolder = '^src/$1/';

const forbid = (name, from, to) => ({ name, severity: 'error', from, to });

module.exports = {
  forbidden: [
    forbid('no-cycles', {}, { circular: true }),
    forbid(
      'known-folders-only',
      {},
      { path: '^src/', pathNot: [core, families, pool, adapters, publicList] },
    ),
    forbid('nobody-imports-an-entry', {}, { path: entries }),

    forbid('core-imports-nothing', { path: core }, { path: '^src/', pathNot: core }),
    forbid(
      'contracts-see-core-and-contracts',
      { path: contract },
      { path: '^src/', pathNot: [core, contract] },
    ),
    forbid(
      'families-meet-only-in-pool',
      { path: families, pathNot: [contract, '^src/(provider|failure|spend)/'] },
      { path: '^src/', pathNot: [core, contract, ownFolder] },
    ),
    forbid(
      'failure-sees-limit-parsers',
      { path: '^src/failure/', pathNot: contract },
      { path: '^src/', pathNot: [core, contract, '^src/(failure|limits)/'] },
    ),
    forbid(
      'provider-sees-readers',
      { path: '^src/provider/', pathNot: contract },
      { path: '^src/', pathNot: [core, contract, '^src/(provider|limits|failure)/'] },
    ),
    forbid(
      'spend-sees-the-classifier',
      { path: '^src/spend/', pathNot: contract },
      { path: '^src/', pathNot: [core, contract, '^src/(spend|failure|limits)/'] },
    ),
    forbid('pool-sees-lower-floors', { path: pool }, { path: [adapters, publicList] }),
    forbid(
      'adapters-see-core-and-contracts',
      { path: adapters },
      { path: '^src/', pathNot: [core, contract, ownFolder] },
    ),
    forbid('nobody-imports-adapters', { pathNot: adapters }, { path: adapters }),

    forbid(
      'packages-only-in-core',
      { path: '^src/', pathNot: [core, structuredFields, mongodb] },
      { pathNot: '^src/', dependencyTypesNot: ['core'] },
    ),
    forbid(
      'structured-fields-use-their-package-only',
      { path: structuredFields },
      { pathNot: ['^src/', '(^|node_modules/)structured-headers'] },
    ),
    forbid(
      'mongodb-uses-its-driver-only',
      { path: mongodb },
      { pathNot: ['^src/', '(^|node_modules/)mongodb(/|$)'] },
    ),
    forbid(
      'core-uses-eventemitter3-only',
      { path: core },
      { pathNot: ['^src/', 'node_modules/eventemitter3/'], dependencyTypesNot: ['core'] },
    ),
    forbid(
      'node-builtins-only-in-testing',
      { path: '^src/', pathNot: '^src/testing/' },
      { dependencyTypes: ['core'] },
    ),
  ],
  options: {
    // Counts `import type`, which the compiler erases.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
