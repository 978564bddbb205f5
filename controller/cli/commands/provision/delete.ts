import { Flags } from '@oclif/core'
import type { Client } from '../../client.ts'
import { type Done, each, idsIn } from '../../each.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { Failure } from '../../failure.ts'
import { idsOf, itemsArgument } from '../../items.ts'
import { mustBeWorthIt } from '../../money-lost.ts'
import { workOn } from '../../work.ts'

export default class ProvisionDelete extends EdgeCommand {
  static override summary = 'Delete a provision that is done; by force, undeploy it first'
  static override description =
    'By force, virtual machines that are still there are terminated, in whatever state the provision is. Without --no-wait what is left in the end, its entry in lists, goes as well.'
  static override examples = [
    '<%= config.bin %> provision delete 1',
    '<%= config.bin %> provision delete 1,4..6',
    '<%= config.bin %> provision delete edge --force',
  ]
  static override args = { id: itemsArgument('provision') }
  static override flags = {
    force: Flags.boolean({ char: 'f', summary: 'release its resources, whatever its state' }),
    wait: Flags.boolean({
      summary: 'by force, wait until nothing is left; edgectl does unless told',
      allowNo: true,
    }),
  }

  async run(): Promise<Done> {
    const { args, flags } = await this.parse(ProvisionDelete)
    const client = this.client(flags)
    const ids = await idsOf(client, 'provision', args.id)
    const once = (id: string) =>
      client.call<void>('DELETE', `/provisions/${id}?force=${flags.force ?? false}`)
    // under its stock name it asks for no more than the stock command does
    if (!flags.force || this.stock) return await each('provision', ids, once)
    const wait = this.waits(flags.wait)
    return await workOn(ids, {
      ...{ client, wanted: ['DONE'], wait },
      before: async (all) => idsIn(await each('provision', all, (id) => mustBeWorthIt(client, id))),
      start: once,
      after: (id) => dropped(client, id).catch(gone),
    })
  }
}

function dropped(client: Client, id: string): Promise<unknown> {
  return client.call('DELETE', `/provisions/${id}?force=false`)
}

/** It was done when it was asked for, and went at once. */
function gone(error: unknown): void {
  if (!(error instanceof Failure) || error.status !== 404) throw error
}
