/**
 * Entitlements that macOS grants only with a provisioning profile, which a bare program cannot carry: it is killed
 * when it starts. Apple's TN3125 ("Inside Code Signing: Provisioning Profiles") calls them restricted; those of the
 * sandbox and of the hardened runtime (`com.apple.security.*`) are not.
 */
const RESTRICTED: readonly RegExp[] = [
  /^keychain-access-groups$/,
  /^(com\.apple\.)?application-identifier$/,
  /^com\.apple\.developer\./,
  /^com\.apple\.private\./,
  /^com\.apple\.vm\.(networking|device-access)$/,
  /^aps-environment$/,
];

export function isRestrictedEntitlement(name: string): boolean {
  return RESTRICTED.some((pattern) => pattern.test(name));
}
