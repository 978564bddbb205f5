import { Flags } from '@oclif/core'
import { EdgeCommand } from '../../edge-command.ts'
import { idArgument } from '../../id.ts'
import { watchWork } from '../../work.ts'

export default class ProvisionRetry extends EdgeCommand {
  static override summary = 'Go on where a provision failed'
  static override examples = [
    '<%= config.bin %> provision retry 1',
    '<%= config.bin %> provision retry 1 --no-wait',
  ]
  static override args = { id: idArgument('provision') }
  static override flags = {
    wait: Flags.boolean({ summary: 'wait until the work has ended', default: true, allowNo: true }),
  }

  async run(): Promise<{ id: number }> {
    const { args, flags } = await this.parse(ProvisionRetry)
    const client = this.client(flags)
    const start = async () => {
      await client.call('POST', `/provisions/${args.id}/retry`, { force: false })
    }
    const wanted = ['RUNNING', 'DONE']
    if (flags.wait) await watchWork({ client, provision: args.id, wanted, start })
    else await start()
    return { id: Number(args.id) }
  }
}
