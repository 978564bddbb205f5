import { Flags } from '@oclif/core'
import { type Done, each } from '../../each.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { idsOf, itemsArgument } from '../../items.ts'

export default class ProvisionDelete extends EdgeCommand {
  static override summary = 'Delete a provision that is done; by force, undeploy it first'
  static override examples = [
    '<%= config.bin %> provision delete 1',
    '<%= config.bin %> provision delete 1,4..6',
    '<%= config.bin %> provision delete edge --force',
  ]
  static override args = { id: itemsArgument('provision') }
  static override flags = {
    force: Flags.boolean({ char: 'f', summary: 'release its resources, whatever its state' }),
  }

  async run(): Promise<Done> {
    const { args, flags } = await this.parse(ProvisionDelete)
    const client = this.client(flags)
    const ids = await idsOf(client, 'provision', args.id)
    const act = (id: string) => client.call('DELETE', `/provisions/${id}?force=${flags.force}`)
    return await each('provision', ids, act)
  }
}
