import type { FleetAnswer } from '../../answers.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { fleetLayout } from '../../fleet-layout.ts'
import { idOf, itemArgument } from '../../items.ts'

export default class ProvisionFleet extends EdgeCommand {
  static override summary = 'Show how the hosts of a provision are'
  static override description =
    'What the agent of each host said last: whether it is connected and has taken its newest state, its ' +
    'verdict with the reasons, and its versions.'
  static override examples = [
    '<%= config.bin %> provision fleet 1',
    '<%= config.bin %> provision fleet edge --json',
  ]
  static override args = { id: itemArgument('provision') }

  async run(): Promise<FleetAnswer> {
    const { args, flags } = await this.parse(ProvisionFleet)
    const client = this.client(flags)
    const id = await idOf(client, 'provision', args.id)
    const answer = await client.call<FleetAnswer>('GET', `/provisions/${id}/fleet`)
    this.log(fleetLayout(answer))
    return answer
  }
}
