/** The grammar of the distribution project's `reference` package, without its digest form. */
const COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const DOMAIN =
  "(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?";
const NAME = new RegExp(`^(?:${DOMAIN}/)?${COMPONENT}(?:/${COMPONENT})*(?::[\\w][\\w.-]{0,127})?$`);
const MAX_NAME_CHARACTERS = 255 + 1 + 128;

/** Whether a text is the name of an image that an engine would take: `[domain/]path[:tag]`. */
export function isImageName(text: string): boolean {
  return text.length <= MAX_NAME_CHARACTERS && NAME.test(text);
}

/** What `org.opencontainers.image.ref.name` may hold (annotations.md): a tag alone, or a whole name. */
export function isReferenceName(text: string): boolean {
  return text.length <= MAX_NAME_CHARACTERS && /^[A-Za-z0-9]+(?:[-._:@+/]+[A-Za-z0-9]+)*$/.test(text);
}
