/** The package has no types, and nothing here calls it. */
declare module "tunnel";
