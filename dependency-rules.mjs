/** Which folder may import which: actions import packages, packages import smaller packages and npm modules. */
const only = (toolkit, packages) => ({
  name: `${toolkit.replaceAll(/\W+/g, "-")}-only-in-${packages}`,
  severity: "error",
  comment: `only packages/${packages} may import @actions/${toolkit} (tests may use it as the other side)`,
  from: { pathNot: [`^packages/(${packages})/`, "^test/"] },
  to: { path: `node_modules/@actions/(${toolkit})/` },
});

export default {
  forbidden: [
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    { name: "no-unresolved-imports", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "declared-dependencies-only",
      severity: "error",
      comment: "every import must be declared in the nearest package.json; dependencies of tests are in the root's",
      from: {},
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"], pathNot: "node_modules/(@jest/globals|fast-check)/" },
    },
    {
      name: "packages-know-no-action",
      severity: "error",
      from: { path: "^packages/" },
      to: { path: "^(actions|scripts|test)/" },
    },
    {
      name: "actions-know-no-other-action",
      severity: "error",
      from: { path: "^actions/([^/]+)/" },
      to: { path: "^actions/", pathNot: "^actions/$1/" },
    },
    {
      name: "packages-know-no-runner",
      severity: "error",
      from: { path: "^packages/", pathNot: "^packages/action-kit/" },
      to: { path: "^packages/action-kit/" },
    },
    only("core|exec", "action-kit"),
    only("artifact", "artifacts"),
    only("cache|tool-cache", "tools"),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|fixtures|\\.work)/" },
    combinedDependencies: false,
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
