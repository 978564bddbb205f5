import { Args, Flags } from '@oclif/core'
import type { Done } from '../../each.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { idsOf, itemsArgument } from '../../items.ts'
import { workOn } from '../../work.ts'

export default class ProvisionRecover extends EdgeCommand {
  static override summary = 'Go on where a provision failed, if it failed where you say'
  static override description =
    'A provision in APPLYING_FAILURE goes on with APPLYING, one in any other state is left as it is; retry goes on whichever it is.'
  static override examples = [
    '<%= config.bin %> provision recover 1 APPLYING',
    '<%= config.bin %> provision recover edge CONFIGURING_ONE --no-wait',
  ]
  static override args = {
    id: itemsArgument('provision'),
    state: Args.string({
      description: 'what failed: PLANNING, APPLYING, CONFIGURING_ONE …',
      required: true,
      parse: async (text) => text.toUpperCase(),
    }),
  }
  static override flags = {
    force: Flags.boolean({
      char: 'f',
      summary: 'after a failed undeployment: with virtual machines still there',
    }),
    wait: Flags.boolean({
      summary: 'wait until the work has ended; edgectl does unless told',
      allowNo: true,
    }),
  }

  async run(): Promise<Done> {
    const { args, flags } = await this.parse(ProvisionRecover)
    const client = this.client(flags)
    const body = { recover_state: args.state, force: flags.force }
    return await workOn(await idsOf(client, 'provision', args.id), {
      ...{ client, wanted: ['RUNNING', 'DONE'], wait: this.waits(flags.wait) },
      start: (id) => client.call('POST', `/provisions/${id}/recover`, body),
    })
  }
}
