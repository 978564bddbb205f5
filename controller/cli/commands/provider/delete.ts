import { type Done, each } from '../../each.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { idsOf, itemsArgument } from '../../items.ts'

export default class ProviderDelete extends EdgeCommand {
  static override summary = 'Delete a provider that no provision uses'
  static override examples = [
    '<%= config.bin %> provider delete 1',
    '<%= config.bin %> provider delete paris,7..9',
  ]
  static override args = { id: itemsArgument('provider') }

  async run(): Promise<Done> {
    const { args, flags } = await this.parse(ProviderDelete)
    const client = this.client(flags)
    const ids = await idsOf(client, 'provider', args.id)
    return await each('provider', ids, (id) => client.call('DELETE', `/providers/${id}`))
  }
}
