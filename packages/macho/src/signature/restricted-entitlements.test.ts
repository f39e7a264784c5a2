import { expect, test } from "@jest/globals";
import { isRestrictedEntitlement } from "./restricted-entitlements.ts";

/** Apple's TN3125. */
test.each([
  ["keychain-access-groups", true],
  ["application-identifier", true],
  ["com.apple.application-identifier", true],
  ["com.apple.developer.team-identifier", true],
  ["com.apple.developer.endpoint-security.client", true],
  ["com.apple.private.tcc.allow", true],
  ["com.apple.vm.networking", true],
  ["com.apple.vm.device-access", true],
  ["aps-environment", true],
  ["com.apple.security.cs.allow-jit", false],
  ["com.apple.security.app-sandbox", false],
  ["com.apple.vm.hypervisor", false],
  ["com.apple.developerx", false],
  ["com.example.com.apple.developer.x", false],
  ["com.example.com.apple.private.x", false],
  ["com.example.com.apple.vm.networking", false],
  ["com.apple.vm.networking.x", false],
  ["com.example.application-identifier", false],
  ["application-identifier.x", false],
  ["my-keychain-access-groups", false],
  ["keychain-access-groups-2", false],
  ["my-aps-environment", false],
  ["aps-environment-2", false],
])("%s needs a provisioning profile: %s", (name, isRestricted) => {
  expect(isRestrictedEntitlement(name)).toBe(isRestricted);
});
