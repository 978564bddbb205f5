import { type Done, each } from '../../each.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { mustBeMeant, yesFlag } from '../../going.ts'
import { idsOf, itemsArgument } from '../../items.ts'
import { providersGoing } from '../../providers-going.ts'

export default class ProviderDelete extends EdgeCommand {
  static override summary = 'Delete a provider that no provision uses'
  static override description =
    'Its keys are kept nowhere else: on a terminal it shows what would go, and asks; where there is no terminal nobody is asked. Scripts say --yes.'
  static override examples = [
    '<%= config.bin %> provider delete 1',
    '<%= config.bin %> provider delete paris,7..9 --yes',
  ]
  static override args = { id: itemsArgument('provider') }
  static override flags = yesFlag

  async run(): Promise<Done> {
    const { args, flags } = await this.parse(ProviderDelete)
    const client = this.client(flags)
    const ids = await idsOf(client, 'provider', args.id)
    const meant = this.asks(flags.yes) ? await mustBeMeant(ids, providersGoing(client)) : ids
    const act = (id: string) => client.call('DELETE', `/providers/${id}`)
    return await each('provider', meant, act, { several: ids.length > 1 })
  }
}
