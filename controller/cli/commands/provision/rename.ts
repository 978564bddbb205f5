import { Args } from '@oclif/core'
import type { ProvisionAnswer } from '../../answers.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { idOf, itemArgument, mustBeName } from '../../items.ts'

export default class ProvisionRename extends EdgeCommand {
  static override summary = 'Give a provision another name'
  static override examples = [
    '<%= config.bin %> provision rename 7 paris',
    '<%= config.bin %> provision rename paris paris-old',
  ]
  static override args = {
    id: itemArgument('provision'),
    name: Args.string({ description: 'the new name', required: true }),
  }

  async run(): Promise<ProvisionAnswer> {
    const { args, flags } = await this.parse(ProvisionRename)
    mustBeName('provision', args.name)
    const client = this.client(flags)
    const path = `/provisions/${await idOf(client, 'provision', args.id)}`
    return await client.call('PATCH', path, { name: args.name })
  }
}
