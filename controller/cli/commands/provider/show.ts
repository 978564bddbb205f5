import { Flags } from '@oclif/core'
import type { ProviderAnswer } from '../../answers.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { idOf, itemArgument } from '../../items.ts'
import { providerLayout } from '../../layout.ts'

export default class ProviderShow extends EdgeCommand {
  static override summary = 'Show one provider'
  static override examples = [
    '<%= config.bin %> provider show 1',
    '<%= config.bin %> provider show paris --sensitive --json',
  ]
  static override args = { id: itemArgument('provider') }
  static override flags = {
    sensitive: Flags.boolean({ char: 's', summary: 'show secrets to who may manage the provider' }),
  }

  async run(): Promise<ProviderAnswer> {
    const { args, flags } = await this.parse(ProviderShow)
    const client = this.client(flags)
    const id = await idOf(client, 'provider', args.id)
    const path = `/providers/${id}?include_sensitive=${flags.sensitive}`
    const provider = await client.call<ProviderAnswer>('GET', path)
    this.log(providerLayout(provider))
    return provider
  }
}
