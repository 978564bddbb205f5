import type { Command } from '@oclif/core'

type Commands = Readonly<Record<string, Command.Class>>
type Flag = Command.Class['flags'][string]

const begin = '<!-- commands -->'
const end = '<!-- end of commands -->'

/** docs/cli.md with its list of commands written anew; what stands around it is written by hand. */
export function cliPage(page: string, commands: Commands): string {
  const [before, , after] = page.split(new RegExp(`${begin}|${end}`))
  if (after === undefined) throw new Error(`docs/cli.md has lost ${begin} or ${end}`)
  return `${before}${begin}\n\n${sections(commands).join('\n')}\n${end}${after}`
}

function sections(commands: Commands): string[] {
  return Object.entries(commands).flatMap(([id, command], index, all) => {
    const topic = topicOf(id)
    const first = index === 0 || topicOf(all[index - 1]?.[0] ?? '') !== topic
    return [...(first ? [`## ${topic}`, ''] : []), ...section(id, command)]
  })
}

function topicOf(id: string): string {
  const [first = '', ...words] = id.split(':')
  return words.length > 0 ? first : 'edgectl'
}

function section(id: string, command: Command.Class): string[] {
  const { summary, description, aliases, examples } = command
  const named = aliases.map((alias) => `\`${alias.replaceAll(':', ' ')}\``)
  const flags = Object.entries(command.flags ?? {}).filter(
    ([, { hidden, helpGroup }]) => !hidden && helpGroup !== 'GLOBAL',
  )
  return [
    `### ${id.replaceAll(':', ' ')}`,
    '',
    `${summary}.${named.length > 0 ? ` Also called ${named.join(', ')}.` : ''}`,
    ...(description ? ['', paragraphs(description)] : []),
    '',
    '```',
    `edgectl ${usageOf(id, command)}`,
    '```',
    '',
    ...rows('argument', argumentsOf(command)),
    ...rows('flag', flags.map(flagRow)),
    'For example:',
    '',
    '```sh',
    ...(examples ?? []).map((one) => String(one).replaceAll('<%= config.bin %>', 'edgectl')),
    '```',
    '',
  ]
}

/** A line is a paragraph, one that is indented an item of a list. */
function paragraphs(description: string): string {
  return description.replaceAll(/\n(?! )/g, '\n\n').replaceAll(/\n +/g, '\n- ')
}

function usageOf(id: string, { usage, args, flags }: Command.Class): string {
  if (typeof usage === 'string') return usage
  const words = Object.entries(args).map(([name, { required }]) =>
    required ? name.toUpperCase() : `[${name.toUpperCase()}]`,
  )
  const own = Object.values(flags ?? {}).some((flag) => !flag.hidden && flag.helpGroup !== 'GLOBAL')
  return [id.replaceAll(':', ' '), ...words, ...(own ? ['[FLAGS]'] : [])].join(' ')
}

function argumentsOf({ args }: Command.Class): string[][] {
  return Object.entries(args).map(([name, { description = '' }]) => [
    `\`${name.toUpperCase()}\``,
    description,
  ])
}

function flagRow([name, flag]: [string, Flag]): string[] {
  const value = flag.type === 'option' ? ` ${name.split('-').at(-1)?.toUpperCase()}` : ''
  const no = flag.type === 'boolean' && flag.allowNo ? `, \`--no-${name}\`` : ''
  const short = flag.char === undefined ? '' : `\`-${flag.char}\`, `
  const standard = typeof flag.default === 'number' ? `; ${flag.default} unless given` : ''
  return [`${short}\`--${name}${value}\`${no}`, `${flag.summary ?? ''}${standard}`]
}

function rows(title: string, cells: readonly (readonly string[])[]): string[] {
  if (cells.length === 0) return []
  const lines = cells.map(
    (row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`,
  )
  return [`| ${title} | |`, '| --- | --- |', ...lines, '']
}
