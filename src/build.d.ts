// What the bundler writes into dist/ in place of a name (scripts/bundle.ts). In tests vitest.config.ts does the same; under plain Node it is not there.

/** The `version` of package.json. Read it as `typeof __SHIPLOCK_VERSION__ === 'string' ? __SHIPLOCK_VERSION__ : 'unbuilt'`. */
declare const __SHIPLOCK_VERSION__: string;
