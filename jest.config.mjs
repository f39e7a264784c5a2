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
    // Those that share the container engines, and so must not run side by side.
    project("engine", "<rootDir>/test/integration/**/*.engine.test.ts"),
    project("workflow", "<rootDir>/test/{act,workflow}/**/*.test.ts"),
    // What nobody here wrote, brought from the registries by pinned digest (test/world/bring.ts).
    project("world", "<rootDir>/test/world/**/*.test.ts"),
  ],
};
