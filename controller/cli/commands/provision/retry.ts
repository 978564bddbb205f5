import { Flags } from '@oclif/core'
import { EdgeCommand } from '../../edge-command.ts'
import { idArgument } from '../../id.ts'
import { watchWork } from '../../work.ts'

export default class ProvisionRetry extends EdgeCommand {
  static override summary = 'Go on where a provision failed'
  static override examples = [
    '<%= config.bin %> provision retry 1',
    '<%= config.bin %> provision retry 1 --no-wait',
    '<%= config.bin %> provision retry 1 --give-up',
  ]
  static override args = { id: idArgument('provision') }
  static override flags = {
    'give-up': Flags.boolean({
      summary: 'after a failed change: leave out what of it has not come, and run on without',
    }),
    wait: Flags.boolean({ summary: 'wait until the work has ended', default: true, allowNo: true }),
  }

  async run(): Promise<{ id: number }> {
    const { args, flags } = await this.parse(ProvisionRetry)
    const client = this.client(flags)
    const start = async () => {
      await client.call('POST', `/provisions/${args.id}/retry`, {
        force: false,
        ...(flags['give-up'] ? { give_up: true } : {}),
      })
    }
    const wanted = ['RUNNING', 'DONE']
    if (flags.wait) await watchWork({ client, provision: args.id, wanted, start })
    else await start()
    return { id: Number(args.id) }
  }
}
