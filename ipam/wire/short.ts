const longest = 40

/** Somebody's text in a sentence. */
export function short(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}
