import type { AddressesAnswer } from '../../answers.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { idOf, itemArgument } from '../../items.ts'
import { addressesLayout } from '../../layout.ts'

export default class ProvisionAddresses extends EdgeCommand {
  static override summary = 'Show where each public address of a provision is'
  static override examples = [
    '<%= config.bin %> provision addresses 1',
    '<%= config.bin %> provision addresses edge --json',
  ]
  static override args = { id: itemArgument('provision') }

  async run(): Promise<AddressesAnswer> {
    const { args, flags } = await this.parse(ProvisionAddresses)
    const client = this.client(flags)
    const id = await idOf(client, 'provision', args.id)
    const answer = await client.call<AddressesAnswer>('GET', `/provisions/${id}/addresses`)
    this.log(addressesLayout(answer))
    return answer
  }
}
