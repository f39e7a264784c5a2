/** When the two sides were built. A compiled-in number counts as a time only when it is near these times. */
export const BUILD_TIMES = {
  now: Date.now(),
  left: { from: 1_699_990_000_000, to: 1_700_010_000_000 },
  right: { from: 1_763_630_000_000, to: 1_763_640_000_000 },
};
