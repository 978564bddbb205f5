/** Names of the stock commands and the topic of edgectl that does what each does. */
export const stockNames = {
  oneform: 'driver',
  oneprovider: 'provider',
  oneprovision: 'provision',
} as const

export interface Program {
  /** As help and examples call it. */
  readonly bin: string
  /** Under a stock name: the topic whose verbs are the commands. */
  readonly topic: string | undefined
  readonly argv: readonly string[]
}

/**
 * What was started: edgectl, or one of the stock names, as a program of that name or as the first
 * word. `edgectl oneprovision list` is what `oneprovision list` is.
 */
export function programOf(name: string, given: readonly string[]): Program {
  // `edgectl help provision list` is what many type first.
  const argv = given[0] === 'help' ? [...given.slice(1), '--help'] : given
  const own = topicOf(name)
  if (own !== undefined) return { bin: name, topic: own, argv }
  const [first = '', ...rest] = argv
  const topic = topicOf(first)
  if (topic !== undefined) return { bin: `edgectl ${first}`, topic, argv: rest }
  return { bin: 'edgectl', topic: undefined, argv }
}

function topicOf(name: string): string | undefined {
  return Object.hasOwn(stockNames, name) ? stockNames[name as keyof typeof stockNames] : undefined
}
