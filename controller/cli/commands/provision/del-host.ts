import { Flags } from '@oclif/core'
import { changed, guestFlags, waiting } from '../../change.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { badRequest, Failure } from '../../failure.ts'
import { idArgument, parseId } from '../../id.ts'
import { mustBeWorthIt } from '../../money-lost.ts'

export default class ProvisionDelHost extends EdgeCommand {
  static override summary = 'Take hosts out of an edge cluster and give their servers back'
  static override description =
    'By amount those go that cost least: without virtual machines, and neither route reflector nor replica host where possible. The last host cannot go; undeploy the provision instead.'
  static override examples = [
    '<%= config.bin %> provision del-host 1 --ids 12,13',
    '<%= config.bin %> provision del-host 1 --amount 1 --migrate',
    '<%= config.bin %> provision del-host 1 --ids 12 --force',
  ]
  static override args = { id: idArgument('provision') }
  static override flags = {
    ids: Flags.string({
      summary: 'OpenNebula ids of the hosts, with commas',
      exclusive: ['amount'],
    }),
    amount: Flags.integer({ char: 'a', summary: 'how many', min: 1 }),
    ...guestFlags,
    ...waiting('until nothing is left of them'),
  }

  async run(): Promise<{ id: number }> {
    const { args, flags } = await this.parse(ProvisionDelHost)
    const { ids, amount, force, migrate } = flags
    if (ids === undefined && amount === undefined)
      throw new Failure('Say which hosts go with --ids, or how many with --amount', badRequest)
    const nodes = ids?.split(',').map((id) => parseId(id.trim(), 'host')) ?? amount
    const body = { direction: 'down', nodes, force, migrate }
    const client = this.client(flags)
    await mustBeWorthIt(client, args.id)
    return await changed(client, args.id, 'scale', body, flags.wait)
  }
}
