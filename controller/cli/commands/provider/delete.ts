import { EdgeCommand } from '../../edge-command.ts'
import { idArgument } from '../../id.ts'

export default class ProviderDelete extends EdgeCommand {
  static override summary = 'Delete a provider that no provision uses'
  static override examples = [
    '<%= config.bin %> provider delete 1',
    '<%= config.bin %> provider delete 1 --json',
  ]
  static override args = { id: idArgument('provider') }

  async run(): Promise<{ id: number }> {
    const { args, flags } = await this.parse(ProviderDelete)
    await this.client(flags).call('DELETE', `/providers/${args.id}`)
    return { id: Number(args.id) }
  }
}
