import { Flags } from '@oclif/core'
import type { AddressesAnswer, CostAnswer, ProvisionAnswer } from '../../answers.ts'
import type { Client } from '../../client.ts'
import { heading } from '../../colour.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { Failure } from '../../failure.ts'
import { idOf, itemArgument } from '../../items.ts'
import { addressesLayout, historyLayout, provisionLayout } from '../../layout.ts'
import { costLayout } from '../../leaks-layout.ts'

export default class ProvisionShow extends EdgeCommand {
  static override summary = 'Show one provision and its OpenNebula objects'
  static override examples = [
    '<%= config.bin %> provision show 1',
    '<%= config.bin %> provision show edge --history',
    '<%= config.bin %> provision show 1 --json',
  ]
  static override args = { id: itemArgument('provision') }
  static override flags = {
    history: Flags.boolean({ summary: 'also what has happened to it' }),
    sensitive: Flags.boolean({ char: 's', summary: 'in data, show secrets to who may' }),
  }

  async run(): Promise<ProvisionAnswer> {
    const { args, flags } = await this.parse(ProvisionShow)
    const client = this.client(flags)
    const path = `/provisions/${await idOf(client, 'provision', args.id)}`
    const query = `include_sensitive=${flags.sensitive}`
    // what follows the stock layout is no part of OneForm's own JSON
    const [provision, addresses, cost] = await Promise.all([
      client.call<ProvisionAnswer>('GET', `${path}?${query}`),
      this.jsonEnabled() ? undefined : addressesOf(client, path),
      this.jsonEnabled() ? undefined : costOf(client, path),
    ])
    this.log(provisionLayout(provision))
    for (const section of [addresses, cost]) if (section) this.log(`\n${section}`)
    if (flags.history) this.log(`\n${historyLayout(provision)}`)
    return provision
  }
}

async function addressesOf(client: Client, path: string): Promise<string | undefined> {
  const title = heading('PUBLIC ADDRESSES')
  return await unlessUnknown(title, async () => {
    const found = await client.call<AddressesAnswer>('GET', `${path}/addresses`)
    const some = found.addresses.length + found.findings.length > 0
    return some ? `${title}\n${addressesLayout(found)}` : undefined
  })
}

async function costOf(client: Client, path: string): Promise<string | undefined> {
  return await unlessUnknown('COST AT SCALEWAY', async () => {
    const cost = await client.call<CostAnswer>('GET', `${path}/cost`)
    return cost.items.length + cost.not_looked_at.length > 0 ? costLayout(cost) : undefined
  })
}

/** A section, or why there is none: everything else can be shown while the cloud does not answer. */
async function unlessUnknown(
  title: string,
  section: () => Promise<string | undefined>,
): Promise<string | undefined> {
  try {
    return await section()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    // without the route, or the provision, which is told when it is read itself
    return error.status === 404 ? undefined : `${title}\nnot known: ${error.message}`
  }
}
