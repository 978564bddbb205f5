import { Args } from '@oclif/core'
import type { ProvisionAnswer } from '../../answers.ts'
import { addressesChanged, waiting } from '../../change.ts'
import type { Client } from '../../client.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { badRequest, Failure } from '../../failure.ts'
import { idOf, itemArgument } from '../../items.ts'
import { shownRanges } from '../../shown-ranges.ts'

export default class ProvisionDelIp extends EdgeCommand {
  static override summary = 'Give back a public address that nobody uses'
  static override examples = [
    '<%= config.bin %> provision del-ip 1 51.15.0.77',
    '<%= config.bin %> provision del-ip edge 2',
  ]
  static override args = {
    id: itemArgument('provision'),
    address: Args.string({
      description: 'the address, or the id of its range in the public network',
      required: true,
    }),
  }
  static override flags = waiting('until it is released')

  async run(): Promise<{ id: number }> {
    const { args, flags } = await this.parse(ProvisionDelIp)
    const client = this.client(flags)
    const provision = await idOf(client, 'provision', args.id)
    const body = { ar_id: await rangeOf(client, provision, args.address) }
    const change = { client, provision, route: 'remove-ip', body }
    return await addressesChanged(change, flags.wait ?? (this.stock ? 'answer' : true))
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
