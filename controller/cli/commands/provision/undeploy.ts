import { Flags } from '@oclif/core'
import { EdgeCommand } from '../../edge-command.ts'
import { idArgument } from '../../id.ts'
import { mustBeWorthIt } from '../../money-lost.ts'
import { watchWork } from '../../work.ts'

export default class ProvisionUndeploy extends EdgeCommand {
  static override summary = 'Release every resource of a provision'
  static override examples = [
    '<%= config.bin %> provision undeploy 1',
    '<%= config.bin %> provision undeploy 1 --force --no-wait',
  ]
  static override args = { id: idArgument('provision') }
  static override flags = {
    force: Flags.boolean({ summary: 'also from a failure, and with virtual machines still there' }),
    wait: Flags.boolean({ summary: 'wait until nothing is left', default: true, allowNo: true }),
  }

  async run(): Promise<{ id: number }> {
    const { args, flags } = await this.parse(ProvisionUndeploy)
    const client = this.client(flags)
    const { force, wait } = flags
    await mustBeWorthIt(client, args.id)
    const start = async () => {
      await client.call('POST', `/provisions/${args.id}/undeploy`, { force })
    }
    if (wait) await watchWork({ client, provision: args.id, wanted: ['DONE'], start })
    else await start()
    return { id: Number(args.id) }
  }
}
