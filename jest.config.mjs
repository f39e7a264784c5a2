/** Unit tests are beside what they test; whole actions and workflows are tested from test/. */
const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": "<rootDir>/scripts/test/strip-types.mjs" },
  modulePathIgnorePatterns: ["/dist/", "/\\.work/", "/test/fixtures/"],
};

const project = (displayName, ...testMatch) => ({ ...shared, displayName, testMatch });

export default {
  testTimeout: 30_000,
  projects: [
    project("unit", "<rootDir>/{actions,packages}/*/src/**/*.test.ts", "<rootDir>/scripts/**/*.test.ts"),
    project("integration", "<rootDir>/test/{stand-in,runner,integration}/**/!(*.engine).test.ts"),
    // Tests that share the container engines, so they must not run in parallel.
    project("engine", "<rootDir>/test/integration/**/*.engine.test.ts"),
    project("workflow", "<rootDir>/test/{act,workflow}/**/*.test.ts"),
    // Tests on packages by other people, downloaded from registries by pinned digest (test/world/bring.ts).
    project("world", "<rootDir>/test/world/**/*.test.ts"),
  ],
};
