/**
 * Characters that are invisible or change how the text around them is shown (Unicode, Bidi_Control, Cf,
 * Default_Ignorable_Code_Point), and control characters.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const NAMES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Makes a text from a file, or a file's name, safe to show: characters that are invisible or change the direction of text are escaped. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (one) => {
    const code = one.codePointAt(0) ?? 0;
    return NAMES[one] ?? `\u27e8U+${code.toString(16).toUpperCase().padStart(4, "0")}\u27e9`;
  });
}
