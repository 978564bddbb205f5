import { Flags } from '@oclif/core'
import { addressesChanged, waiting } from '../../change.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { idOf, itemArgument } from '../../items.ts'

export default class ProvisionAddIp extends EdgeCommand {
  static override summary = 'Add public addresses to an edge cluster that runs'
  static override examples = [
    '<%= config.bin %> provision add-ip 1',
    '<%= config.bin %> provision add-ip edge --amount 3',
  ]
  static override args = { id: itemArgument('provision') }
  static override flags = {
    amount: Flags.integer({ char: 'a', summary: 'how many', default: 1, min: 1 }),
    ...waiting('until they are registered'),
  }

  async run(): Promise<{ id: number }> {
    const { args, flags } = await this.parse(ProvisionAddIp)
    const client = this.client(flags)
    const provision = await idOf(client, 'provision', args.id)
    const change = { client, provision, route: 'add-ip', body: { amount: flags.amount } }
    return await addressesChanged(change, flags.wait ?? (this.stock ? 'answer' : true))
  }
}
