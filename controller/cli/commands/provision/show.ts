import type { AddressesAnswer, CostAnswer, ProvisionAnswer } from '../../answers.ts'
import type { Client } from '../../client.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { Failure } from '../../failure.ts'
import { idArgument } from '../../id.ts'
import { addressesLayout, provisionLayout } from '../../layout.ts'
import { costLayout } from '../../leaks-layout.ts'

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
    const client = this.client(flags)
    const [provision, addresses, cost] = await Promise.all([
      client.call<ProvisionAnswer>('GET', path),
      client.call<AddressesAnswer>('GET', `${path}/addresses`).catch(absent),
      // Asked of the cloud, and no part of what OneForm's own JSON has.
      this.jsonEnabled() ? undefined : costOf(client, path),
    ])
    this.log(provisionLayout(provision))
    if (addresses && [...addresses.addresses, ...addresses.findings].length > 0)
      this.log(`\nPUBLIC ADDRESSES\n${addressesLayout(addresses)}`)
    if (cost) this.log(`\n${cost}`)
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
    // A stock server answers a route it does not have with a page.
    const unknown = error.status === 404 && error.message.startsWith('<')
    return unknown ? undefined : `COST AT SCALEWAY\nnot known: ${error.message}`
  }
}

/** A stock OneForm server, which this command may be pointed at, has nothing of the kind. */
function absent(error: unknown): undefined {
  if (error instanceof Failure && error.status === 404) return
  throw error
}
