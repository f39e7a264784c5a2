/**
 * Entitlements that macOS grants only with a provisioning profile, called restricted in Apple's TN3125 ("Inside Code
 * Signing: Provisioning Profiles"). A program outside a bundle cannot have a profile, so macOS kills it when it starts.
 * The entitlements of the sandbox and of the hardened runtime (`com.apple.security.*`) are not restricted.
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
