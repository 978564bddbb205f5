/** At most so many names in a sentence. */
const shown = 4

/** A bounded list for a sentence: `a, b, c, d and 96 more`. */
export function few(names: readonly string[]): string {
  const more = names.length - shown
  return `${names.slice(0, shown).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

export const restart = '`systemctl restart edge-agent` puts it right; VMs do not notice.'

/** Names come from tenants and neighbours; a terminal must not take them for commands of its own. */
export const printable = (text: string): string => text.replaceAll(/\p{Cc}/gu, '?')
