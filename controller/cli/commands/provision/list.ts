import { Flags } from '@oclif/core'
import type { ProvisionAnswer } from '../../answers.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { filtered, listFlags, listOf, provisionColumns } from '../../listing.ts'

export default class ProvisionList extends EdgeCommand {
  static override summary = 'List provisions'
  static override examples = [
    '<%= config.bin %> provision list',
    '<%= config.bin %> provision list --all --json',
    '<%= config.bin %> provision list --filter STATE!=RUNNING --list ID,NAME,STATE',
  ]
  static override flags = {
    all: Flags.boolean({ char: 'a', summary: 'also those that are done' }),
    sensitive: Flags.boolean({ char: 's', summary: 'in data, show secrets to who may' }),
    ...listFlags,
  }

  async run(): Promise<readonly ProvisionAnswer[]> {
    const { flags } = await this.parse(ProvisionList)
    const path = `/provisions?include_sensitive=${flags.sensitive}${flags.all ? '&all=true' : ''}`
    const all = await this.client(flags).call<ProvisionAnswer[]>('GET', path)
    const provisions = filtered(all, provisionColumns, flags.filter)
    this.log(listOf(provisions, provisionColumns, flags))
    return provisions
  }
}
