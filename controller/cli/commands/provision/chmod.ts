import type { Done } from '../../each.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { itemsArgument } from '../../items.ts'
import { changeRights, octetArgument } from '../../rights.ts'

export default class ProvisionChmod extends EdgeCommand {
  static override summary = 'Change who may use and manage provisions'
  static override examples = [
    '<%= config.bin %> provision chmod 7 640',
    '<%= config.bin %> provision chmod 7,8 600',
  ]
  static override args = { id: itemsArgument('provision'), octet: octetArgument }

  async run(): Promise<Done> {
    const { args, flags } = await this.parse(ProvisionChmod)
    const body = { octet: args.octet }
    return await changeRights(this.client(flags), 'provision', args.id, { route: 'chmod', body })
  }
}
