/** Unit tests lie beside what they test; whole actions and workflows are tested from test/. */
const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "\\.ts$": ["ts-jest", { useESM: true, tsconfig: "<rootDir>/tsconfig.base.json", diagnostics: false }],
  },
  modulePathIgnorePatterns: ["/dist/", "/\\.work/", "/test/fixtures/"],
};

const ring = (displayName, ...testMatch) => ({ ...shared, displayName, testMatch });

export default {
  testTimeout: 30_000,
  projects: [
    ring("unit", "<rootDir>/{actions,packages}/*/src/**/*.test.ts", "<rootDir>/scripts/**/*.test.ts"),
    ring("integration", "<rootDir>/test/{stand-in,runner,integration}/**/*.test.ts"),
    ring("workflow", "<rootDir>/test/{act,workflow}/**/*.test.ts"),
  ],
};
