import { Flags } from '@oclif/core'
import type { ProvisionAnswer } from '../../answers.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { filtered, listFlags, listOf, provisionColumns } from '../../listing.ts'
import { refreshing } from '../../refreshing.ts'

export default class ProvisionTop extends EdgeCommand {
  static override summary = 'List provisions again and again, until Ctrl-C'
  static override description = 'Without a terminal, and as data, it is listed once.'
  static override examples = [
    '<%= config.bin %> provision top',
    '<%= config.bin %> provision top --delay 2 --filter STATE!=RUNNING',
  ]
  static override flags = {
    delay: Flags.integer({ char: 'd', summary: 'seconds between two looks', default: 5, min: 1 }),
    all: Flags.boolean({ char: 'a', summary: 'also those that are done' }),
    ...listFlags,
  }

  async run(): Promise<readonly ProvisionAnswer[]> {
    const { flags } = await this.parse(ProvisionTop)
    const client = this.client(flags)
    const path = `/provisions?include_sensitive=false${flags.all ? '&all=true' : ''}`
    const look = async (waiting: { readonly signal?: AbortSignal } = {}) => {
      const all = await client.call<ProvisionAnswer[]>('GET', path, undefined, waiting)
      return filtered(all, provisionColumns, flags.filter)
    }
    const text = (provisions: readonly ProvisionAnswer[]) =>
      listOf(provisions, provisionColumns, flags)
    if (process.stdout.isTTY && !this.jsonEnabled()) {
      await refreshing(async (signal) => text(await look({ signal })), flags.delay)
      return []
    }
    const provisions = await look()
    this.log(text(provisions))
    return provisions
  }
}
