/** A configuration line with the nesting it stands in: `['router bgp 1', 'address-family l2vpn evpn']`. */
export interface Line {
  readonly path: readonly string[]
  readonly text: string
}

/**
 * FRR configuration text as lines with their sections. A line that others are nested under appears
 * itself as well, so that an empty section is not lost. Comments and closing words are dropped.
 */
export function sections(text: string): Line[] {
  const lines: Line[] = []
  const open: { indent: number; text: string }[] = []
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    if (line === '' || line.startsWith('!') || closing.test(line)) continue
    const indent = raw.length - raw.trimStart().length
    while (open.length > 0 && (open.at(-1)?.indent ?? 0) >= indent) open.pop()
    lines.push({ path: open.map((section) => section.text), text: line })
    open.push({ indent, text: line })
  }
  return lines
}

const closing = /^(exit|exit-address-family|exit-vrf|end)$/

/** Identity of a line, for sets. */
export function keyOf({ path, text }: Line): string {
  return [...path, text].join('\n')
}
