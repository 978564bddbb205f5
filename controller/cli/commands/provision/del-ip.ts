import { Args } from '@oclif/core'
import type { ProvisionAnswer } from '../../answers.ts'
import { changed, waiting } from '../../change.ts'
import type { Client } from '../../client.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { badRequest, Failure } from '../../failure.ts'
import { idArgument } from '../../id.ts'
import { shownRanges } from '../../shown-ranges.ts'

export default class ProvisionDelIp extends EdgeCommand {
  static override summary = 'Give back a public address that nobody uses'
  static override examples = [
    '<%= config.bin %> provision del-ip 1 51.15.0.77',
    '<%= config.bin %> provision del-ip 1 2',
  ]
  static override args = {
    id: idArgument('provision'),
    address: Args.string({
      description: 'the address, or the id of its range in the public network',
      required: true,
    }),
  }
  static override flags = waiting('until it is released')

  async run(): Promise<{ id: number }> {
    const { args, flags } = await this.parse(ProvisionDelIp)
    const client = this.client(flags)
    const body = { ar_id: await rangeOf(client, args.id, args.address), wait: false }
    return await changed(client, args.id, 'remove-ip', body, flags.wait)
  }
}

async function rangeOf(client: Client, provision: string, address: string): Promise<number> {
  if (/^\d{1,9}$/.test(address)) return Number(address)
  const shown = await client.call<ProvisionAnswer>('GET', `/provisions/${provision}`)
  const ranges = shownRanges(shown.TEMPLATE.PROVISION_BODY.one_objects)
  const found = ranges.find(({ ip }) => ip === address)
  if (found) return found.ar_id
  const all = ranges.map(({ ip }) => ip).join(', ') || 'none'
  throw new Failure(
    `Provision ${provision} has no public address ${address}; it has ${all}`,
    badRequest,
  )
}
