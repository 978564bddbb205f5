import { setTimeout as delay } from 'node:timers/promises'
import { Flags } from '@oclif/core'
import type { LogLine, ProvisionAnswer } from '../../answers.ts'
import type { Client } from '../../client.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { Failure } from '../../failure.ts'
import { idArgument } from '../../id.ts'
import { hasEnded } from '../../watch.ts'

const pollMs = 1000

export default class ProvisionLogs extends EdgeCommand {
  static override summary = 'Print the log of a provision'
  static override examples = [
    '<%= config.bin %> provision logs 1',
    '<%= config.bin %> provision logs 1 --follow',
  ]
  static override args = { id: idArgument('provision') }
  static override flags = {
    follow: Flags.boolean({ char: 'f', summary: 'go on until its work has ended' }),
  }

  async run(): Promise<readonly LogLine[]> {
    const { args, flags } = await this.parse(ProvisionLogs)
    const client = this.client(flags)
    const printed: LogLine[] = []
    let pos = 0
    while (true) {
      // looked at before the lines, so that none of the last is missed
      const ended = !flags.follow || (await workHasEnded(client, args.id))
      while (true) {
        const path = `/provisions/${args.id}/logs/poll?pos=${pos}`
        const page = await client.call<{ pos: number; lines: LogLine[] }>('GET', path)
        for (const { level, text } of page.lines) this.log(`[${level}] ${text}`)
        printed.push(...page.lines)
        pos = page.pos
        if (page.lines.length === 0) break
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
