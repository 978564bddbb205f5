import { Flags } from '@oclif/core'
import { adoptionLayout } from '../../adoption-layout.ts'
import type { AdoptionAnswer } from '../../answers.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { inTheWay } from '../../failure.ts'
import { idArgument } from '../../id.ts'

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
  static override args = { id: idArgument('provision') }
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
    const path = `/provisions/${args.id}/adopt`
    const answer = await this.client(flags).call<AdoptionAnswer>('POST', path, body)
    this.log(adoptionLayout(answer))
    if (answer.in_the_way.length > 0) process.exitCode = inTheWay
    return answer
  }
}
