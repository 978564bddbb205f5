import type { Flag, Kind, Place } from './tree.ts'

/** What fish sources: one condition for each place, and what is completed there. */
export function fishScript(places: readonly Place[]): string {
  return `# fish completion for edgectl, made by: edgectl completion fish
function __edgectl_given
    set -l words
    for word in (commandline -opc)[2..]
        string match -q -- '-*' $word; or set -a words $word
    end
    string join ' ' -- $words
end
# The words before the cursor are exactly these.
function __edgectl_exactly
    test (__edgectl_given | string collect --allow-empty) = "$argv"
end
# The words before the cursor begin with these.
function __edgectl_at
    string match -q -- "$argv *" (__edgectl_given | string collect --allow-empty)' '
end
complete -c edgectl -f
${places.flatMap(placeLines).join('\n')}
`
}

function placeLines({ path, words, flags, args }: Place): string[] {
  const at = `-n '__edgectl_at ${path}'`
  const exactly = `-n '__edgectl_exactly ${path}'`
  return [
    ...words.map(
      ({ word, summary }) => `complete -c edgectl ${exactly} -a ${word} -d ${quoted(summary)}`,
    ),
    ...(words.length > 0
      ? []
      : flags.map((flag) => `complete -c edgectl ${at} ${flagWords(flag)}`)),
    ...args.slice(0, 1).flatMap((kind) => {
      const choice = choiceOf(kind)
      return choice === '' ? [] : [`complete -c edgectl ${at} ${choice}`]
    }),
  ]
}

function flagWords({ names, summary, value }: Flag): string {
  const spelled = names.map((name) =>
    name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  )
  const taken = value === undefined ? '' : ` -r ${choiceOf(value)}`
  return `${spelled.join(' ')}${taken.trimEnd()} -d ${quoted(summary)}`
}

function choiceOf(kind: Kind): string {
  if (typeof kind !== 'string') return `-a ${quoted(kind.join(' '))}`
  switch (kind) {
    case 'files':
      return '-F'
    case 'drivers':
      return '-a scaleway'
    case 'nothing':
      return ''
    default:
      return `-a '(command edgectl completion --list ${kind} 2>/dev/null)'`
  }
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
