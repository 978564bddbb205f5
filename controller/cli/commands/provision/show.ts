import type { ProvisionAnswer } from '../../answers.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { idArgument } from '../../id.ts'
import { provisionLayout } from '../../layout.ts'

export default class ProvisionShow extends EdgeCommand {
  static override summary = 'Show one provision and its OpenNebula objects'
  static override examples = [
    '<%= config.bin %> provision show 1',
    '<%= config.bin %> provision show 1 --json',
  ]
  static override args = { id: idArgument('provision') }

  async run(): Promise<ProvisionAnswer> {
    const { args, flags } = await this.parse(ProvisionShow)
    const path = `/provisions/${args.id}`
    const provision = await this.client(flags).call<ProvisionAnswer>('GET', path)
    this.log(provisionLayout(provision))
    return provision
  }
}
