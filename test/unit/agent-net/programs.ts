/** What the agent's fixed programs for perl and python would answer. */

/** Names of the stacks a process is to change, in its order; null when it is another program. */
export function stacksChanged(argv: readonly string[], input: string): string[] | null {
  if (!(argv.at(-1) ?? '').includes('def bring')) return null
  const names: string[] = []
  for (let rest = Buffer.from(input); rest.length > 0; ) {
    const end = rest.indexOf('\n')
    const [name = '', ...lengths] = rest.subarray(0, end).toString().split('\t')
    names.push(name)
    rest = rest.subarray(end + 1 + lengths.reduce((sum, length) => sum + Number(length), 0))
  }
  return names
}

/** Its answer when those in `broken` fail, saying `why`. */
export function answerOf(
  names: readonly string[],
  broken: readonly string[] = [],
  why = '',
): { stdout: string; stderr: string } {
  return {
    stdout: names.map((name, at) => `\x01${at}\0${broken.includes(name) ? 1 : 0}`).join(''),
    stderr: names.map((name, at) => `\x01${at}\0${broken.includes(name) ? why : ''}`).join(''),
  }
}

/** Names and keys a process is asked to read or to glance at; null when it is another program. */
export function stacksAsked(
  argv: readonly string[],
): { names: string[]; isGlance: boolean } | null {
  const at = argv.findIndex((word) => /sub connect_here|is_read = enter/.test(word))
  if (at === -1) return null
  const isGlance = argv[0] === 'perl'
  // Before them: setns's number, or the lines for ip.
  const asked = argv.slice(at + 2)
  return { names: asked.filter((_, index) => index % 2 === 0), isGlance }
}
