import { Flags } from '@oclif/core'
import type { Client } from '../../client.ts'
import { type Done, each } from '../../each.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { Failure } from '../../failure.ts'
import { mustBeMeant, yesFlag } from '../../going.ts'
import { idsOf, itemsArgument } from '../../items.ts'
import { beforeTheyGo, provisionsGoing } from '../../provisions-going.ts'
import { workOn } from '../../work.ts'

export default class ProvisionDelete extends EdgeCommand {
  static override summary = 'Delete a provision that is done; by force, undeploy it first'
  static override description =
    'By force, virtual machines that are still there are terminated, in whatever state the provision is. Without --no-wait what is left in the end, its entry in lists, goes as well. On a terminal several, and whatever goes by force, are shown and asked about; where there is no terminal nobody is asked. Scripts say --yes.'
  static override examples = [
    '<%= config.bin %> provision delete 1',
    '<%= config.bin %> provision delete 1,4..6',
    '<%= config.bin %> provision delete edge --force --yes',
  ]
  static override args = { id: itemsArgument('provision') }
  static override flags = {
    force: Flags.boolean({ char: 'f', summary: 'release its resources, whatever its state' }),
    ...yesFlag,
    wait: Flags.boolean({
      summary: 'by force, wait until nothing is left; edgectl does unless told',
      allowNo: true,
    }),
  }

  async run(): Promise<Done> {
    const { args, flags } = await this.parse(ProvisionDelete)
    const client = this.client(flags)
    const ids = await idsOf(client, 'provision', args.id)
    const { force, yes } = flags
    const asks = this.asks(yes)
    const several = ids.length > 1
    const once = (id: string) => client.call<void>('DELETE', `/provisions/${id}?force=${force}`)
    // under its stock name it asks for no more than the stock command does
    if (!force || this.stock) {
      const going = provisionsGoing(client, 'Delete')
      const meant = asks && several ? await mustBeMeant(ids, going) : ids
      return await each('provision', meant, once, { several })
    }
    return await workOn(ids, {
      ...{ client, wanted: ['DONE'], wait: this.waits(flags.wait) },
      before: beforeTheyGo(client, { verb: 'Delete', asks, yes }),
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
