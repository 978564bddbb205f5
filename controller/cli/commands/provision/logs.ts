import { setTimeout as delay } from 'node:timers/promises'
import { Flags } from '@oclif/core'
import type { LogLine, ProvisionAnswer } from '../../answers.ts'
import type { Client } from '../../client.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { Failure } from '../../failure.ts'
import { idOf, itemArgument } from '../../items.ts'
import { hasEnded } from '../../watch.ts'

const pollMs = 1000

export default class ProvisionLogs extends EdgeCommand {
  static override summary = 'Print the log of a provision'
  static override description =
    'Under the name oneprovision it does as the stock command does: --new and --forever, or --forever alone with --all.'
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
    const id = await idOf(client, 'provision', args.id)
    const forever = flags.forever || (this.stock && !flags.follow && !this.jsonEnabled())
    const printed: LogLine[] = []
    // without a position the answer is where the log ends now
    let query = flags.new || (this.stock && !flags.all) ? 'pos' : 'pos=0'
    while (true) {
      // looked at before the lines, so that none of the last is missed
      const ended = !forever && (!flags.follow || (await workHasEnded(client, id)))
      while (true) {
        const path = `/provisions/${id}/logs/poll?${query}`
        const page = await client.call<{ pos: number; lines: LogLine[] }>('GET', path)
        for (const { level, text } of page.lines) this.log(`[${level}] ${text}`)
        if (!forever) printed.push(...page.lines)
        const next = `pos=${page.pos}`
        const atEnd = page.lines.length === 0 || query === next
        query = next
        if (atEnd) break
      }
      if (ended) return printed
      await delay(pollMs)
    }
  }
}

async function workHasEnded(client: Client, id: string): Promise<boolean> {
  try {
    const { TEMPLATE } = await client.call<ProvisionAnswer>('GET', `/provisions/${id}`)
    return hasEnded(TEMPLATE.PROVISION_BODY.state)
  } catch (error) {
    // nobody answers while the controller restarts
    if (error instanceof Failure && error.status === undefined) return false
    throw error
  }
}
