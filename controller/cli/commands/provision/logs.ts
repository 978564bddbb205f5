import { Flags } from '@oclif/core'
import type { LogLine } from '../../answers.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { followLog } from '../../follow-log.ts'
import { idOf, itemArgument } from '../../items.ts'
import { unread } from '../../standard-output.ts'

export default class ProvisionLogs extends EdgeCommand {
  static override summary = 'Print the log of a provision'
  static override description =
    'While it goes on it waits for a controller that does not answer, and goes on where it was. Under the name oneprovision it does as the stock command does: --new and --forever, or --forever alone with --all.'
  static override examples = [
    '<%= config.bin %> provision logs 1',
    '<%= config.bin %> provision logs edge --follow',
  ]
  static override args = { id: itemArgument('provision') }
  static override flags = {
    all: Flags.boolean({ char: 'a', summary: 'from the beginning; edgectl does unless told' }),
    new: Flags.boolean({ summary: 'only what comes from now on', exclusive: ['all'] }),
    follow: Flags.boolean({ char: 'f', summary: 'go on until its work has ended' }),
    forever: Flags.boolean({ summary: 'go on until Ctrl-C', exclusive: ['json', 'yaml'] }),
  }

  async run(): Promise<readonly LogLine[]> {
    const { args, flags } = await this.parse(ProvisionLogs)
    const client = this.client(flags)
    const provision = await idOf(client, 'provision', args.id)
    const forever = flags.forever || (this.stock && !flags.follow && !this.jsonEnabled())
    const lines: LogLine[] = []
    await followLog({
      ...{ client, provision, signal: unread() },
      // an id is not looked up
      answered: provision !== args.id,
      from: flags.new || (this.stock && !flags.all) ? 'now' : 'beginning',
      until: forever ? 'stopped' : flags.follow ? 'ended' : 'now',
      onLine: (line) => {
        this.log(`[${line.level}] ${line.text}`)
        if (!forever) lines.push(line)
      },
      tell: (sentence) => process.stderr.write(`${sentence}\n`),
    })
    return lines
  }
}
