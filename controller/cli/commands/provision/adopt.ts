import { Flags } from '@oclif/core'
import { adoptionLayout } from '../../adoption-layout.ts'
import type { AdoptionAnswer } from '../../answers.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { inTheWay } from '../../failure.ts'
import { idOf, itemArgument } from '../../items.ts'

export default class ProvisionAdopt extends EdgeCommand {
  static override summary = 'Tell what taking over a stock provision would be'
  static override description =
    'Looks up a provision that the stock OneForm server made with its Scaleway driver: servers, networks, ' +
    'addresses and objects of OpenNebula, and whether its hosts can be logged in to. Changes nothing. ' +
    'Exit code 0 when nothing is in the way, 3 when something is.'
  static override examples = [
    '<%= config.bin %> provision adopt 5',
    '<%= config.bin %> provision adopt 5 --provider-id 8 --json',
  ]
  static override args = { id: itemArgument('provision') }
  static override flags = {
    'provider-id': Flags.integer({
      summary: 'provider that shall pay; else the first of the same project and zone',
      min: 0,
    }),
  }

  async run(): Promise<AdoptionAnswer> {
    const { args, flags } = await this.parse(ProvisionAdopt)
    const payer = flags['provider-id']
    const body = { dry_run: true, ...(payer === undefined ? {} : { provider_id: payer }) }
    const client = this.client(flags)
    const id = await idOf(client, 'provision', args.id)
    const answer = await client.call<AdoptionAnswer>('POST', `/provisions/${id}/adopt`, body)
    this.log(adoptionLayout(answer))
    if (answer.in_the_way.length > 0) process.exitCode = inTheWay
    return answer
  }
}
