import { Flags } from '@oclif/core'
import type { ProvisionAnswer } from '../../answers.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { fileArgument, inputFlag } from '../../inputs.ts'
import { idOf, itemArgument, mustBeName } from '../../items.ts'
import { updateOf } from '../../update.ts'

export default class ProvisionUpdate extends EdgeCommand {
  static override summary = 'Change the name or description of a provision'
  static override description =
    'Inputs were decided when it was made: hosts and addresses are added and taken away instead. Those that are as they were may stand in the request.'
  static override examples = [
    '<%= config.bin %> provision update 7 provision.yaml',
    "<%= config.bin %> provision update 7 --description 'edge in Paris'",
    '<%= config.bin %> provision update 7 - < provision.json',
  ]
  static override args = { id: itemArgument('provision'), file: fileArgument }
  static override flags = {
    name: Flags.string({ summary: 'name of the provision' }),
    description: Flags.string({ summary: 'what it is for' }),
    input: inputFlag('an input, name=value or name=@file'),
  }

  async run(): Promise<ProvisionAnswer> {
    const { args, flags } = await this.parse(ProvisionUpdate)
    const body = await updateOf(args.file, flags, 'user_inputs_values')
    mustBeName('provision', body['name'])
    const client = this.client(flags)
    const id = await idOf(client, 'provision', args.id)
    return await client.call('PATCH', `/provisions/${id}`, body)
  }
}
