import { Flags } from '@oclif/core'
import type { AddressesAnswer, CostAnswer, ProvisionAnswer } from '../../answers.ts'
import type { Client } from '../../client.ts'
import { heading } from '../../colour.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { Failure, NoSuchRoute } from '../../failure.ts'
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
    if (addresses && [...addresses.addresses, ...addresses.findings].length > 0)
      this.log(`\n${heading('PUBLIC ADDRESSES')}\n${addressesLayout(addresses)}`)
    if (cost) this.log(`\n${cost}`)
    if (flags.history) this.log(`\n${historyLayout(provision)}`)
    return provision
  }
}

/** Everything else can be shown while the cloud does not answer. */
async function costOf(client: Client, path: string): Promise<string | undefined> {
  try {
    const cost = await client.call<CostAnswer>('GET', `${path}/cost`)
    return cost.items.length + cost.not_looked_at.length > 0 ? costLayout(cost) : undefined
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const unknown = error instanceof NoSuchRoute
    return unknown ? undefined : `COST AT SCALEWAY\nnot known: ${error.message}`
  }
}

async function addressesOf(client: Client, path: string): Promise<AddressesAnswer | undefined> {
  return await client.call<AddressesAnswer>('GET', `${path}/addresses`).catch((error: unknown) => {
    // without the route, or the provision, which is told when it is read itself
    if (error instanceof Failure && error.status === 404) return undefined
    throw error
  })
}
