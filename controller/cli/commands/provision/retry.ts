import { Flags } from '@oclif/core'
import type { Done } from '../../each.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { idsOf, itemsArgument } from '../../items.ts'
import { workOn } from '../../work.ts'

export default class ProvisionRetry extends EdgeCommand {
  static override summary = 'Go on where a provision failed'
  static override examples = [
    '<%= config.bin %> provision retry 1',
    '<%= config.bin %> provision retry edge --no-wait',
    '<%= config.bin %> provision retry 1 --give-up',
  ]
  static override args = { id: itemsArgument('provision') }
  static override flags = {
    force: Flags.boolean({
      char: 'f',
      summary: 'after a failed undeployment: with virtual machines still there',
    }),
    'give-up': Flags.boolean({
      summary:
        'after a failed change: leave out what of it has not come; while it is taken over: leave out what is gone',
    }),
    wait: Flags.boolean({
      summary: 'wait until the work has ended; edgectl does unless told',
      allowNo: true,
    }),
  }

  async run(): Promise<Done> {
    const { args, flags } = await this.parse(ProvisionRetry)
    const client = this.client(flags)
    const body = { force: flags.force, ...(flags['give-up'] ? { give_up: true } : {}) }
    return await workOn(await idsOf(client, 'provision', args.id), {
      ...{ client, wanted: ['RUNNING', 'DONE'], wait: this.waits(flags.wait) },
      start: (id) => client.call('POST', `/provisions/${id}/retry`, body),
    })
  }
}
