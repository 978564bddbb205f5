import { Flags } from '@oclif/core'
import type { ProvisionAnswer } from '../../answers.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { provisionList } from '../../layout.ts'

export default class ProvisionList extends EdgeCommand {
  static override summary = 'List provisions'
  static override examples = [
    '<%= config.bin %> provision list',
    '<%= config.bin %> provision list --all --json',
  ]
  static override flags = {
    all: Flags.boolean({ char: 'a', summary: 'also those that are done' }),
  }

  async run(): Promise<readonly ProvisionAnswer[]> {
    const { flags } = await this.parse(ProvisionList)
    const path = `/provisions?all=${flags.all}`
    const provisions = await this.client(flags).call<ProvisionAnswer[]>('GET', path)
    this.log(provisionList(provisions))
    return provisions
  }
}
