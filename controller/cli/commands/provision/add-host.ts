import { Flags } from '@oclif/core'
import { changed, waiting } from '../../change.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { idArgument } from '../../id.ts'

export default class ProvisionAddHost extends EdgeCommand {
  static override summary = 'Add hosts to an edge cluster that runs'
  static override description =
    'Stock and quota are looked at first; what cannot come is refused before anything is ordered.'
  static override examples = [
    '<%= config.bin %> provision add-host 1',
    '<%= config.bin %> provision add-host 1 --amount 2 --no-wait',
  ]
  static override args = { id: idArgument('provision') }
  static override flags = {
    amount: Flags.integer({ char: 'a', summary: 'how many', default: 1, min: 1 }),
    ...waiting('until they have joined'),
  }

  async run(): Promise<{ id: number }> {
    const { args, flags } = await this.parse(ProvisionAddHost)
    const body = { direction: 'up', nodes: flags.amount }
    return await changed(this.client(flags), args.id, 'scale', body, flags.wait)
  }
}
