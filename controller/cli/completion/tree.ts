import type { Command } from '@oclif/core'

/** What can be in the place of an argument. `providers` and `provisions` are asked of the controller. */
export type Kind = 'drivers' | 'files' | 'nothing' | 'providers' | 'provisions' | Words

type Words = readonly string[]

export interface Flag {
  /** `--json`, `-j`. */
  readonly names: readonly string[]
  readonly summary: string
  /** Undefined for one that takes no value. */
  readonly value: Kind | undefined
}

/** A place in the command line: after these words, what may come. */
export interface Place {
  /** `provision show`; empty for the program itself. */
  readonly path: string
  readonly words: readonly { readonly word: string; readonly summary: string }[]
  readonly flags: readonly Flag[]
  /** By position; the last one repeats. */
  readonly args: readonly Kind[]
}

type Commands = Readonly<Record<string, Command.Class>>
type Topics = Readonly<Record<string, { readonly description: string }>>

/** The whole command line as places, the program's own first. */
export function placesOf(commands: Commands, topics: Topics): Place[] {
  const visible = Object.entries(commands).filter(([, { hidden }]) => !hidden)
  const topicNames = [...new Set(visible.flatMap(([id]) => topicOf(id) ?? []))].sort()
  const single = visible.filter(([id]) => topicOf(id) === undefined)
  const top = [
    ...topicNames.map((word) => ({ word, summary: topics[word]?.description ?? '' })),
    ...single.map(([word, { summary = '' }]) => ({ word, summary })),
  ]
  return [
    { path: '', words: top, flags: programFlags, args: [] },
    ...topicNames.map((topic) => topicPlace(topic, visible)),
    ...visible.map(([id, command]) => commandPlace(id, command)),
  ]
}

const help: Flag = { names: ['--help'], summary: 'show help', value: undefined }
const programFlags = [help, { names: ['--version'], summary: 'show the version', value: undefined }]

function topicOf(id: string): string | undefined {
  const [topic, verb] = id.split(':')
  return verb === undefined ? undefined : topic
}

function topicPlace(topic: string, commands: readonly [string, Command.Class][]): Place {
  const words = commands
    .filter(([id]) => topicOf(id) === topic)
    .map(([id, { summary = '' }]) => ({ word: id.slice(topic.length + 1), summary }))
  return { path: topic, words, flags: [help], args: [] }
}

function commandPlace(id: string, command: Command.Class): Place {
  const flags = Object.entries({ ...command.baseFlags, ...command.flags })
  return {
    path: id.replaceAll(':', ' '),
    words: [],
    flags: [
      ...flags.filter(([, { hidden }]) => !hidden).flatMap(([name, flag]) => flagsOf(name, flag)),
      help,
    ],
    args: Object.entries(command.args).map(([name, { options }]) => kindOf(id, name, options)),
  }
}

/** Of flags whose value is not only known to whoever types it. */
const valueKinds: Readonly<Record<string, Kind>> = { 'provider-id': 'providers', root: 'files' }

type AnyFlag = Command.Class['flags'][string]

function flagsOf(name: string, flag: AnyFlag): Flag[] {
  const { char, summary = '' } = flag
  const names = [`--${name}`, ...(char ? [`-${char}`] : [])]
  if (flag.type !== 'boolean')
    return [{ names, summary, value: flag.options ?? valueKinds[name] ?? 'nothing' }]
  const no = { names: [`--no-${name}`], summary: `do not ${summary}`, value: undefined }
  return [{ names, summary, value: undefined }, ...(flag.allowNo ? [no] : [])]
}

/** What commands are about is called `id`, be it one or several. */
function kindOf(id: string, name: string, options: readonly string[] | undefined): Kind {
  if (options !== undefined) return options
  if (name === 'driver') return 'drivers'
  if (name === 'file') return 'files'
  if (name !== 'id') return 'nothing'
  const topic = topicOf(id)
  return topic === 'provision' || topic === 'provider' ? `${topic}s` : 'nothing'
}
