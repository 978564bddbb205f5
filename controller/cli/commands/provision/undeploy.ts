import { Flags } from '@oclif/core'
import type { Done } from '../../each.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { yesFlag } from '../../going.ts'
import { idsOf, itemsArgument } from '../../items.ts'
import { beforeTheyGo } from '../../provisions-going.ts'
import { workOn } from '../../work.ts'

export default class ProvisionUndeploy extends EdgeCommand {
  static override summary = 'Release every resource of a provision'
  static override description =
    'On a terminal it shows what would go, and asks; where there is no terminal nobody is asked. Scripts say --yes.'
  static override aliases = ['provision:deprovision']
  static override examples = [
    '<%= config.bin %> provision undeploy 1',
    '<%= config.bin %> provision undeploy edge --force --yes --no-wait',
    '<%= config.bin %> provision undeploy 7..9',
  ]
  static override args = { id: itemsArgument('provision') }
  static override flags = {
    force: Flags.boolean({
      char: 'f',
      summary: 'also from a failure, and with virtual machines still there',
    }),
    ...yesFlag,
    wait: Flags.boolean({
      summary: 'wait until nothing is left; edgectl does unless told',
      allowNo: true,
    }),
  }

  async run(): Promise<Done> {
    const { args, flags } = await this.parse(ProvisionUndeploy)
    const client = this.client(flags)
    const { force, yes } = flags
    return await workOn(await idsOf(client, 'provision', args.id), {
      ...{ client, wanted: ['DONE'], wait: this.waits(flags.wait) },
      before: beforeTheyGo(client, { verb: 'Undeploy', asks: this.asks(yes), yes }),
      start: (id) => client.call('POST', `/provisions/${id}/undeploy`, { force }),
    })
  }
}
