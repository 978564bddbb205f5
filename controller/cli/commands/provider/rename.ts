import { Args } from '@oclif/core'
import type { ProviderAnswer } from '../../answers.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { idOf, itemArgument, mustBeName } from '../../items.ts'

export default class ProviderRename extends EdgeCommand {
  static override summary = 'Give a provider another name'
  static override examples = [
    '<%= config.bin %> provider rename 7 paris',
    '<%= config.bin %> provider rename paris paris-old',
  ]
  static override args = {
    id: itemArgument('provider'),
    name: Args.string({ description: 'the new name', required: true }),
  }

  async run(): Promise<ProviderAnswer> {
    const { args, flags } = await this.parse(ProviderRename)
    mustBeName('provider', args.name)
    const client = this.client(flags)
    const path = `/providers/${await idOf(client, 'provider', args.id)}`
    return await client.call('PATCH', path, { name: args.name })
  }
}
