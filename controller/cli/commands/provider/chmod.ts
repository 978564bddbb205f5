import type { Done } from '../../each.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { itemsArgument } from '../../items.ts'
import { changeRights, octetArgument } from '../../rights.ts'

export default class ProviderChmod extends EdgeCommand {
  static override summary = 'Change who may use and manage providers'
  static override examples = [
    '<%= config.bin %> provider chmod 7 640',
    '<%= config.bin %> provider chmod 7,8 600',
  ]
  static override args = { id: itemsArgument('provider'), octet: octetArgument }

  async run(): Promise<Done> {
    const { args, flags } = await this.parse(ProviderChmod)
    const body = { octet: args.octet }
    return await changeRights(this.client(flags), 'provider', args.id, { route: 'chmod', body })
  }
}
