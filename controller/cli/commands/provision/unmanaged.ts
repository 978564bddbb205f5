import type { UnmanagedAnswer } from '../../answers.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { idOf, itemArgument } from '../../items.ts'
import { unmanagedLayout } from '../../unmanaged-layout.ts'

export default class ProvisionUnmanaged extends EdgeCommand {
  static override summary = 'Show what of others would be in the way of undeploying'
  static override examples = [
    '<%= config.bin %> provision unmanaged 1',
    '<%= config.bin %> provision unmanaged edge --json',
  ]
  static override args = { id: itemArgument('provision') }

  async run(): Promise<UnmanagedAnswer> {
    const { args, flags } = await this.parse(ProvisionUnmanaged)
    const client = this.client(flags)
    const id = await idOf(client, 'provision', args.id)
    const answer = await client.call<UnmanagedAnswer>('GET', `/provisions/${id}/unmanaged`)
    this.log(unmanagedLayout(answer))
    return answer
  }
}
