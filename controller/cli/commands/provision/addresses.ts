import type { AddressesAnswer } from '../../answers.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { idArgument } from '../../id.ts'
import { addressesLayout } from '../../layout.ts'

export default class ProvisionAddresses extends EdgeCommand {
  static override summary = 'Show where each public address of a provision is'
  static override examples = [
    '<%= config.bin %> provision addresses 1',
    '<%= config.bin %> provision addresses 1 --json',
  ]
  static override args = { id: idArgument('provision') }

  async run(): Promise<AddressesAnswer> {
    const { args, flags } = await this.parse(ProvisionAddresses)
    const path = `/provisions/${args.id}/addresses`
    const answer = await this.client(flags).call<AddressesAnswer>('GET', path)
    this.log(addressesLayout(answer))
    return answer
  }
}
