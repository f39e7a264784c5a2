// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract } from "@release-actions/action-kit";

export const contract = {
  name: "secrets-check",
  inputs: {
    expect: { kind: "lines", default: "CODESIGN_CERTIFICATE: p12 password=CODESIGN_CERTIFICATE_PASSWORD identity=CODESIGN_IDENTITY\nNOTARY_APPLE_ID: nonempty\nNOTARY_APP_SPECIFIC_PASSWORD: apple-app-password\nNPM_TOKEN: npm-token\nHOMEBREW_TAP_TOKEN: github-token\nPARCA_TOKEN: polarsignals-token\nDOCKER_PASSWORD: docker-login username=DOCKER_USERNAME\n" },
    online: { kind: "boolean", default: "false" },
    "expires-within": { kind: "number", unit: "days", min: 0, max: 3650, default: "30" },
    workflows: { kind: "path", default: ".github/workflows" },
    "npm-registry": { kind: "string" },
    "docker-auth": { kind: "string", default: "https://auth.docker.io" },
  },
  outputs: ["ok", "findings"],
} as const satisfies Contract;
