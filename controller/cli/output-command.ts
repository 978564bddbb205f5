import { Command, Flags, type Interfaces } from '@oclif/core'
import { tellFailure } from './colour.ts'
import { badRequest, Failure, failed } from './failure.ts'
import { topics } from './topics.ts'

type Values = Record<string, unknown>

const yaml = {
  summary: 'print the answer as YAML',
  exclusive: ['json'],
  helpGroup: 'GLOBAL',
}

/** --yaml for commands where -y is short for --yes. */
export const longYaml = Flags.boolean(yaml)

/** What every command shares, with a controller or without: data as JSON and YAML, and how failures end. */
export abstract class OutputCommand extends Command {
  static override enableJsonFlag = true

  static override baseFlags = {
    json: Flags.boolean({ char: 'j', summary: 'print the answer as JSON', helpGroup: 'GLOBAL' }),
    yaml: Flags.boolean({ char: 'y', ...yaml }),
  }

  /** How data is written instead of text for people; undefined for those. */
  #written: ((data: unknown) => string) | undefined

  protected override async parse<F extends Values, B extends Values, A extends Values>(
    options?: Interfaces.Input<F, B, A>,
    argv?: string[],
  ): Promise<Interfaces.ParserOutput<F, B, A>> {
    // else a missing one is taken from there, and a command in a loop over ids eats those to come
    for (const arg of Object.values(this.ctor.args ?? {})) arg.ignoreStdin = true
    const parsed = await super.parse(options, argv)
    // oclif leaves out what its types promise
    const absent = Object.entries(this.ctor.flags ?? {}).filter(
      ([name, flag]) =>
        flag.type === 'boolean' && !flag.allowNo && (parsed.flags as Values)[name] === undefined,
    )
    Object.assign(parsed.flags, Object.fromEntries(absent.map(([name]) => [name, false])))
    const { json, yaml } = parsed.flags as Values
    if (json) this.#written = (data) => JSON.stringify(data, null, 2)
    if (yaml) {
      const { stringify } = await import('./yaml.ts')
      this.#written = (data) => stringify(data, { lineWidth: 0 }).trimEnd()
    }
    return parsed
  }

  override jsonEnabled(): boolean {
    return this.#written !== undefined
  }

  protected override logJson(data: unknown): void {
    process.stdout.write(`${this.#written?.(data)}\n`)
  }

  /** One sentence on stderr; 2 where the request is at fault, 1 where the world is. */
  protected override async catch(error: Error & { oclif?: { exit?: number } }): Promise<void> {
    const { text, exitCode } = told(error, this.config.bin)
    tellFailure(text)
    process.exitCode = exitCode
  }
}

/** Any failure of a command as text and exit code. */
export function told(
  error: Error & { oclif?: { exit?: number } },
  bin: string,
): { text: string; exitCode: number } {
  if (error instanceof Failure) return { text: error.message, exitCode: error.exitCode }
  const unknown = /^command (\S+) not found\.?$/i.exec(error.message)?.[1]
  if (unknown !== undefined) return { text: noSuchCommand(unknown, bin), exitCode: badRequest }
  if (error.oclif?.exit === undefined) return { text: error.message, exitCode: failed }
  // the parser spreads what it says over several lines
  return { text: error.message.replace(/\s*\n\s*/g, '; '), exitCode: badRequest }
}

function noSuchCommand(id: string, bin: string): string {
  const words = id.split(':')
  const [first = ''] = words
  const topic = bin === 'edgectl' && words.length > 1 && first in topics ? ` ${first}` : ''
  return `There is no command "${words.join(' ')}"; ${bin}${topic} --help lists what there is`
}
