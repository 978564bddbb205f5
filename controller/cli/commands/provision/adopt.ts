import { Flags } from '@oclif/core'
import { adoptionLayout } from '../../adoption-layout.ts'
import type { AdoptionAnswer } from '../../answers.ts'
import type { Client } from '../../client.ts'
import { confirmed, inPerson, somebodyIsThere } from '../../confirm.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { Declined, failed, inTheWay } from '../../failure.ts'
import { given } from '../../inputs.ts'
import { idOf, itemArgument } from '../../items.ts'
import { longYaml } from '../../output-command.ts'
import { watchWork } from '../../work.ts'

export default class ProvisionAdopt extends EdgeCommand {
  static override summary = 'Take over a stock provision; shows what that would be and asks'
  static override description =
    'Looks up a provision that the stock OneForm server made with its Scaleway driver: servers, networks, ' +
    'addresses and objects of OpenNebula, and whether its hosts can be logged in to. Changes nothing until ' +
    'somebody says yes, at the question or with --yes. Exit code 3 when something is in the way.'
  static override examples = [
    '<%= config.bin %> provision adopt 5',
    '<%= config.bin %> provision adopt 5 --yes',
    '<%= config.bin %> provision adopt 5 --provider-id 8 --json',
  ]
  static override args = { id: itemArgument('provision') }
  static override flags = {
    'provider-id': Flags.integer({
      summary: 'provider that shall pay; else the first of the same project and zone',
      min: 0,
    }),
    yes: Flags.boolean({ summary: 'take it over without asking' }),
    yaml: longYaml,
    wait: Flags.boolean({ summary: 'wait until it runs; edgectl does unless told', allowNo: true }),
  }

  async run(): Promise<AdoptionAnswer> {
    const { args, flags } = await this.parse(ProvisionAdopt)
    const client = this.client(flags)
    const id = await idOf(client, 'provision', args.id)
    const wanted = given({ provider_id: flags['provider-id'] })
    const answer = await ask(client, id, { dry_run: true, ...wanted })
    this.log(adoptionLayout(answer))
    if (answer.in_the_way.length > 0) {
      this.log('Nothing was changed.')
      process.exitCode = inTheWay
      return answer
    }
    if (!flags.yes) {
      if (this.jsonEnabled() || !somebodyIsThere()) {
        this.log('Nothing was changed; --yes takes it over.')
        return answer
      }
      await mustBeMeant(answer)
    }
    const begun = await ask(client, id, { dry_run: false, plan: answer.plan, ...wanted })
    // Only now its events are ours to follow; what has happened so far is told first.
    if (this.waits(flags.wait))
      await watchWork({ client, provision: String(id), wanted: ['RUNNING'] })
    return begun
  }
}

function ask(
  client: Client,
  id: number | string,
  body: { readonly dry_run: boolean; readonly [name: string]: unknown },
): Promise<AdoptionAnswer> {
  return client.call('POST', `/provisions/${id}/adopt`, body, { harmless: body.dry_run })
}

async function mustBeMeant({ provision: { id } }: AdoptionAnswer): Promise<void> {
  if (await inPerson((dialogue) => confirmed(`Take provision ${id} over?`, dialogue))) return
  throw new Declined('Nothing was changed', failed)
}
