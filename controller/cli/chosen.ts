import type { Command } from '@oclif/core'
import type { Program } from './program.ts'

type Commands = Readonly<Record<string, Command.Class>>

/**
 * The commands that this start can be about. oclif looks into every command it is given before it
 * runs one, which takes longer than most commands: so it is given one where one is named.
 */
export function chosenOf({ topic, argv }: Program, all: Commands): Commands {
  const commands = topic === undefined ? all : verbsOf(topic, all)
  const end = argv.findIndex((word) => word.startsWith('-'))
  const words = argv.slice(0, end < 0 ? argv.length : end)
  for (const length of [2, 1]) {
    const id = words.slice(0, length).join(':')
    const found = Object.entries(commands).find(
      ([name, { aliases }]) => name === id || aliases.includes(id),
    )
    if (found) return Object.fromEntries([found])
  }
  return commands
}

/** The verbs of a topic as commands of their own: `provision:list` as `list`. */
function verbsOf(topic: string, all: Commands): Commands {
  const own = Object.entries(all).filter(([id]) => id.startsWith(`${topic}:`))
  return Object.fromEntries(
    own.map(([id, command]) => [id.slice(topic.length + 1), bare(topic, command)]),
  )
}

type Constructor = new (...args: ConstructorParameters<typeof Command>) => object

/** The same command, whose examples and other names do without the topic. */
function bare(topic: string, command: Command.Class): Command.Class {
  const program = '<%= config.bin %>'
  const verb = class extends (command as unknown as Constructor) {
    static examples = command.examples.map((example) =>
      typeof example === 'string'
        ? example.replaceAll(`${program} ${topic} `, `${program} `)
        : example,
    )
    static aliases = command.aliases.map((alias) => alias.replace(`${topic}:`, ''))
  }
  return verb as unknown as Command.Class
}
