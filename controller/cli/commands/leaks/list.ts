import type { LeaksAnswer } from '../../answers.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { failed, leaksFound } from '../../failure.ts'
import { leaksLayout } from '../../leaks-layout.ts'

export default class LeaksList extends EdgeCommand {
  static override summary = 'List what nothing knows and somebody pays for'
  static override description =
    'Compares Scaleway, OpenNebula and provisions by tags, in all projects and zones of all providers you ' +
    'may manage. What belongs to a provision that is gone is told at once; what a living one does not ' +
    'know when it was seen over 30 minutes. Exit code 0 when there is nothing, 3 when there are leaks, 1 ' +
    'when there are none but not everything could be looked at.'
  static override examples = ['<%= config.bin %> leaks list', '<%= config.bin %> leaks list --json']

  async run(): Promise<LeaksAnswer> {
    const { flags } = await this.parse(LeaksList)
    const answer = await this.client(flags).call<LeaksAnswer>('GET', '/leaks')
    this.log(leaksLayout(answer))
    if (answer.leaks.length > 0) process.exitCode = leaksFound
    else if (answer.not_looked_at.length > 0) process.exitCode = failed
    return answer
  }
}
