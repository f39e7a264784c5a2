import path from "node:path";

/**
 * What stands for the few actions of others that our workflows use, by the very reference they are pinned to.
 * act replaces actions/checkout itself.
 */
export const THIRD_PARTY: Readonly<Record<string, string>> = {
  "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f": path.join(
    import.meta.dirname,
    "third-party/upload-artifact",
  ),
};
