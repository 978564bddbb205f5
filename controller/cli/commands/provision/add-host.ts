import { Flags } from '@oclif/core'
import { changed, waiting } from '../../change.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { idOf, itemArgument } from '../../items.ts'

export default class ProvisionAddHost extends EdgeCommand {
  static override summary = 'Add hosts to an edge cluster that runs'
  static override description =
    'Stock and quota are looked at first; what cannot come is refused before anything is ordered.'
  static override examples = [
    '<%= config.bin %> provision add-host 1',
    '<%= config.bin %> provision add-host edge --amount 2 --no-wait',
  ]
  static override args = { id: itemArgument('provision') }
  static override flags = {
    amount: Flags.integer({ char: 'a', summary: 'how many', default: 1, min: 1 }),
    ips: Flags.string({
      summary: 'machines that exist, for drivers that take such: 10.0.0.1,10.0.0.2',
    }),
    ...waiting('until they have joined'),
  }

  async run(): Promise<{ id: number }> {
    const { args, flags } = await this.parse(ProvisionAddHost)
    const client = this.client(flags)
    const provision = await idOf(client, 'provision', args.id)
    const nodes = flags.ips?.split(',').map((ip) => ip.trim()) ?? flags.amount
    const body = { direction: 'up', nodes }
    return await changed({ client, provision, route: 'scale', body }, this.waits(flags.wait))
  }
}
