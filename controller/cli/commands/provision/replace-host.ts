import { Args } from '@oclif/core'
import { changed, guestFlags, waiting } from '../../change.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { yesFlag } from '../../going.ts'
import { parseId } from '../../id.ts'
import { idOf, itemArgument } from '../../items.ts'
import { mustBeWorthIt } from '../../money-lost.ts'

export default class ProvisionReplaceHost extends EdgeCommand {
  static override summary = 'Order a new host, then take the old one out'
  static override description =
    'The new one comes first, so stock and quota must allow one more; where they do not, use del-host and then add-host.'
  static override examples = [
    '<%= config.bin %> provision replace-host 1 12 --migrate',
    '<%= config.bin %> provision replace-host edge 12 --force',
  ]
  static override args = {
    id: itemArgument('provision'),
    host: Args.string({
      description: 'OpenNebula id of the host that goes',
      required: true,
      parse: async (text) => parseId(text, 'host'),
    }),
  }
  static override flags = {
    ...guestFlags,
    ...yesFlag,
    ...waiting('until nothing is left of the old one'),
  }

  async run(): Promise<{ id: number }> {
    const { args, flags } = await this.parse(ProvisionReplaceHost)
    const { force, migrate } = flags
    const client = this.client(flags)
    const provision = await idOf(client, 'provision', args.id)
    await mustBeWorthIt(client, provision, flags)
    const body = { host_id: Number(args.host), force, migrate }
    return await changed({ client, provision, route: 'replace-host', body }, this.waits(flags.wait))
  }
}
