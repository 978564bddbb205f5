import { Flags } from '@oclif/core'
import { changed, waiting } from '../../change.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { idArgument } from '../../id.ts'

export default class ProvisionAddIp extends EdgeCommand {
  static override summary = 'Add public addresses to an edge cluster that runs'
  static override examples = [
    '<%= config.bin %> provision add-ip 1',
    '<%= config.bin %> provision add-ip 1 --amount 3',
  ]
  static override args = { id: idArgument('provision') }
  static override flags = {
    amount: Flags.integer({ char: 'a', summary: 'how many', default: 1, min: 1 }),
    ...waiting('until they are registered'),
  }

  async run(): Promise<{ id: number }> {
    const { args, flags } = await this.parse(ProvisionAddIp)
    const body = { amount: flags.amount, wait: false }
    return await changed(this.client(flags), args.id, 'add-ip', body, flags.wait)
  }
}
