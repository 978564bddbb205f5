import { Args, Flags } from '@oclif/core'
import { EdgeCommand } from '../../edge-command.ts'
import { badRequest, Failure } from '../../failure.ts'
import { idOf, itemArgument } from '../../items.ts'

interface ReverseAnswer {
  readonly address: string
  readonly reverse: string
}

export default class ProvisionReverse extends EdgeCommand {
  static override summary = 'Set the reverse DNS name of a public address'
  static override description =
    'The name must resolve to the address already; Scaleway refuses it otherwise.'
  static override examples = [
    '<%= config.bin %> provision reverse 1 51.15.0.77 www.example.com',
    '<%= config.bin %> provision reverse 1 51.15.0.77 --clear',
  ]
  static override args = {
    id: itemArgument('provision'),
    address: Args.string({ description: 'public address', required: true }),
    name: Args.string({ description: 'host name that resolves to it' }),
  }
  static override flags = {
    clear: Flags.boolean({ summary: 'give it back the name that Scaleway has for it' }),
  }

  async run(): Promise<ReverseAnswer> {
    const { args, flags } = await this.parse(ProvisionReverse)
    if ((args.name === undefined) === !flags.clear)
      throw new Failure('Give either a host name or --clear', badRequest)
    const client = this.client(flags)
    const path = `/provisions/${await idOf(client, 'provision', args.id)}/reverse`
    const body = { address: args.address, name: args.name ?? null }
    const answer = await client.call<ReverseAnswer>('POST', path, body)
    this.log(`${answer.address} is ${answer.reverse}`)
    return answer
  }
}
