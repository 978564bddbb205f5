import { readFile } from 'node:fs/promises'
import { Args, Flags } from '@oclif/core'
import type { Replayed } from '../../../../ipam/runs/index.ts'
import { sentenceOf } from '../../../../lib/fault/index.ts'
import { badRequest, Failure, failed } from '../../failure.ts'
import { OutputCommand } from '../../output-command.ts'

interface Result extends Partial<Replayed> {
  readonly at: number
  /** Why the line could not be run again. */
  readonly unreadable?: string
}

export default class IpamReplay extends OutputCommand {
  static override summary = 'Run logged calls of the IPAM drivers again, offline'
  static override description =
    'Every run of a driver leaves a line in /var/log/edgectl/ipam.log. A line is run again through the ' +
    'drivers’ own code, with the answer the controller gave then; nothing is asked or changed. Exit code 0 ' +
    'when every answer is the same, 1 when one is not.'
  static override examples = [
    '<%= config.bin %> ipam replay /var/log/edgectl/ipam.log',
    '<%= config.bin %> ipam replay /var/log/edgectl/ipam.log.1 --line 17',
  ]
  static override args = {
    file: Args.string({
      required: true,
      description: 'a log of driver runs, or - for stdin',
    }),
  }
  static override flags = {
    line: Flags.integer({ min: 1, summary: 'only the line of this number' }),
  }

  async run(): Promise<readonly Result[]> {
    const { args, flags } = await this.parse(IpamReplay)
    const results: Result[] = []
    for (const { at, text } of linesOf(await textOf(args.file), flags.line)) {
      const result = await again(at, text)
      results.push(result)
      this.log(shown(result))
    }
    if (results.length === 0) throw new Failure(nothing(args.file, flags.line), badRequest)
    const different = results.filter(({ same }) => same !== true).length
    this.log(`${results.length} runs, ${different} of them not answered as they were`)
    if (different > 0) process.exitCode = failed
    return results
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file === '-' ? '/dev/stdin' : file, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw new Failure(`Cannot read ${file} (${code ?? sentenceOf(error)})`, badRequest)
  }
}

function linesOf(text: string, only: number | undefined) {
  return text
    .split('\n')
    .map((line, index) => ({ at: index + 1, text: line }))
    .filter((line) => line.text !== '' && (only === undefined || line.at === only))
}

async function again(at: number, text: string): Promise<Result> {
  // Only now: the schema library would be a part of every other command's start.
  const { replay } = await import('../../../../ipam/runs/index.ts')
  try {
    return { at, ...(await replay(text)) }
  } catch (error) {
    return { at, unreadable: sentenceOf(error) }
  }
}

function shown({ at, line, recorded, now, same, unreadable }: Result): string {
  if (unreadable !== undefined || !line) return `line ${at}: ${unreadable}`
  const head = `line ${at}: ${line.at} ${line.driver}, ${same ? 'the same' : 'not the same'}`
  return same
    ? head
    : `${head}\n  then: ${JSON.stringify(recorded)}\n  now:  ${JSON.stringify(now)}`
}

function nothing(file: string, line: number | undefined): string {
  return line === undefined ? `${file} is empty` : `${file} has no line ${line}`
}
