import { Flags } from '@oclif/core'
import { changed, guestFlags, waiting } from '../../change.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { badRequest, Failure } from '../../failure.ts'
import { yesFlag } from '../../going.ts'
import { parseId } from '../../id.ts'
import { idOf, itemArgument } from '../../items.ts'
import { mustBeWorthIt } from '../../money-lost.ts'
import { partsOf } from '../../selection.ts'

export default class ProvisionDelHost extends EdgeCommand {
  static override summary = 'Take hosts out of an edge cluster and give their servers back'
  static override description =
    'By amount those go that cost least: without virtual machines, and neither route reflector nor replica host where possible. The last host cannot go; undeploy the provision instead.'
  static override examples = [
    '<%= config.bin %> provision del-host 1 --ids 12,13',
    '<%= config.bin %> provision del-host edge --amount 1 --migrate',
    '<%= config.bin %> provision del-host 1 --ids 12..14 --force',
  ]
  static override args = { id: itemArgument('provision') }
  static override flags = {
    ids: Flags.string({
      summary: 'OpenNebula ids of the hosts: 12, 12,13 or 12..14',
      exclusive: ['amount'],
    }),
    amount: Flags.integer({ char: 'a', summary: 'how many', min: 1 }),
    ...guestFlags,
    ...yesFlag,
    ...waiting('until nothing is left of them'),
  }

  async run(): Promise<{ id: number }> {
    const { args, flags } = await this.parse(ProvisionDelHost)
    const { ids, amount, force, migrate } = flags
    // the stock command takes one away when nothing is said
    const nodes = ids === undefined ? (amount ?? (this.stock ? 1 : undefined)) : hostIds(ids)
    if (nodes === undefined)
      throw new Failure('Say which hosts go with --ids, or how many with --amount', badRequest)
    const client = this.client(flags)
    const provision = await idOf(client, 'provision', args.id)
    await mustBeWorthIt(client, provision, flags)
    const body = { direction: 'down', nodes, force, ...(migrate ? { migrate } : {}) }
    return await changed({ client, provision, route: 'scale', body }, this.waits(flags.wait))
  }
}

function hostIds(text: string): string[] {
  return partsOf(text).map((part) => ('id' in part ? part.id : parseId(part.name, 'host')))
}
