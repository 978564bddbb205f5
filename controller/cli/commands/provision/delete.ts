import { Flags } from '@oclif/core'
import { EdgeCommand } from '../../edge-command.ts'
import { idArgument } from '../../id.ts'

export default class ProvisionDelete extends EdgeCommand {
  static override summary = 'Delete a provision that is done; by force, undeploy it first'
  static override examples = [
    '<%= config.bin %> provision delete 1',
    '<%= config.bin %> provision delete 1 --force',
  ]
  static override args = { id: idArgument('provision') }
  static override flags = {
    force: Flags.boolean({ summary: 'release its resources, whatever its state' }),
  }

  async run(): Promise<{ id: number }> {
    const { args, flags } = await this.parse(ProvisionDelete)
    await this.client(flags).call('DELETE', `/provisions/${args.id}?force=${flags.force}`)
    return { id: Number(args.id) }
  }
}
