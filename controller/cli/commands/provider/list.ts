import type { ProviderAnswer } from '../../answers.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { providerList } from '../../layout.ts'

export default class ProviderList extends EdgeCommand {
  static override summary = 'List providers'
  static override examples = [
    '<%= config.bin %> provider list',
    '<%= config.bin %> provider list --json',
  ]

  async run(): Promise<readonly ProviderAnswer[]> {
    const { flags } = await this.parse(ProviderList)
    const providers = await this.client(flags).call<ProviderAnswer[]>('GET', '/providers')
    this.log(providerList(providers))
    return providers
  }
}
