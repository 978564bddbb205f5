import { Flags } from '@oclif/core'
import type { ProviderAnswer } from '../../answers.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { fileArgument, inputFlag } from '../../inputs.ts'
import { idOf, itemArgument, mustBeName } from '../../items.ts'
import { updateOf } from '../../update.ts'

export default class ProviderUpdate extends EdgeCommand {
  static override summary = 'Change a provider: its name, description or keys'
  static override examples = [
    '<%= config.bin %> provider update 7 provider.yaml',
    '<%= config.bin %> provider update 7 --input secret_key=@/root/scw.key',
    '<%= config.bin %> provider update 7 - < provider.json',
  ]
  static override args = { id: itemArgument('provider'), file: fileArgument }
  static override flags = {
    name: Flags.string({ summary: 'name of the provider' }),
    description: Flags.string({ summary: 'what it is for' }),
    input: inputFlag('a connection value, name=value or name=@file'),
  }

  async run(): Promise<ProviderAnswer> {
    const { args, flags } = await this.parse(ProviderUpdate)
    const body = await updateOf(args.file, flags, 'connection_values')
    mustBeName('provider', body['name'])
    const client = this.client(flags)
    const id = await idOf(client, 'provider', args.id)
    return await client.call('PATCH', `/providers/${id}`, body)
  }
}
