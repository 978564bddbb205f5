import { Flags } from '@oclif/core'
import type { ProviderAnswer } from '../../answers.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { filtered, listFlags, listOf, providerColumns } from '../../listing.ts'

export default class ProviderList extends EdgeCommand {
  static override summary = 'List providers'
  static override examples = [
    '<%= config.bin %> provider list',
    '<%= config.bin %> provider list --filter NAME~paris --json',
  ]
  static override flags = {
    sensitive: Flags.boolean({
      char: 's',
      summary: 'in data, show secrets to who may manage the provider',
    }),
    enabled: Flags.boolean({ char: 'e', summary: 'only those whose driver is enabled' }),
    ...listFlags,
  }

  async run(): Promise<readonly ProviderAnswer[]> {
    const { flags } = await this.parse(ProviderList)
    const path = `/providers?include_sensitive=${flags.sensitive}&enabled=${flags.enabled}`
    const all = await this.client(flags).call<ProviderAnswer[]>('GET', path)
    const providers = filtered(all, providerColumns, flags.filter)
    this.log(listOf(providers, providerColumns, flags))
    return providers
  }
}
