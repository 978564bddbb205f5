import type { AddressesAnswer, ProvisionAnswer } from '../../answers.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { Failure } from '../../failure.ts'
import { idArgument } from '../../id.ts'
import { addressesLayout, provisionLayout } from '../../layout.ts'

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
    const [provision, addresses] = await Promise.all([
      client.call<ProvisionAnswer>('GET', path),
      client.call<AddressesAnswer>('GET', `${path}/addresses`).catch(absent),
    ])
    this.log(provisionLayout(provision))
    if (addresses && [...addresses.addresses, ...addresses.findings].length > 0)
      this.log(`\nPUBLIC ADDRESSES\n${addressesLayout(addresses)}`)
    return provision
  }
}

/** A stock OneForm server, which this command may be pointed at, has nothing of the kind. */
function absent(error: unknown): undefined {
  if (error instanceof Failure && error.status === 404) return
  throw error
}
