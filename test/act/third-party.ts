import path from "node:path";

/**
 * What stands for the few actions of others that our workflows use, by the very reference they are pinned to.
 * act replaces actions/checkout itself.
 */
export const THIRD_PARTY: Readonly<Record<string, string>> = {
  "actions/upload-artifact@b7c566a772e6b6bfb58ed0dc250532a479d7789f": path.join(
    import.meta.dirname,
    "third-party/upload-artifact",
  ),
};
