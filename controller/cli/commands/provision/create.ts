import { Args, Flags } from '@oclif/core'
import type { DriverAnswer, PlanAnswer, ProvisionAnswer } from '../../answers.ts'
import { askedInputs } from '../../asked-inputs.ts'
import type { Client } from '../../client.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { badRequest, Failure } from '../../failure.ts'
import { parseId } from '../../id.ts'
import { given, inputsOf, requestOf, type Values } from '../../inputs.ts'
import { planLayout } from '../../plan-layout.ts'
import { watchWork } from '../../work.ts'

export default class ProvisionCreate extends EdgeCommand {
  static override summary = 'Create an edge cluster; asks for its inputs when none is given'
  static override examples = [
    '<%= config.bin %> provision create scaleway --provider-id 1',
    '<%= config.bin %> provision create scaleway --provider-id 1 --input oneform_hosts=3 --input instance_public_ips=2',
    '<%= config.bin %> provision create scaleway --provider-id 1 --input oneform_hosts=3 --dry-run',
    '<%= config.bin %> provision create scaleway --provider-id 1 --input oneform_hosts=5 --min-hosts 3',
    '<%= config.bin %> provision create scaleway --provider-id 1 --no-wait - < provision.json',
  ]
  static override args = {
    driver: Args.string({ description: 'name of the driver: scaleway', required: true }),
    file: Args.string({ description: 'JSON request as the API takes it; - for standard input' }),
  }
  static override flags = {
    'provider-id': Flags.string({ char: 'p', summary: 'provider that pays' }),
    name: Flags.string({ summary: 'name of the provision' }),
    description: Flags.string({ summary: 'what it is for' }),
    input: Flags.string({
      summary: 'an input, name=value or name=@file',
      multiple: true,
      multipleNonGreedy: true,
    }),
    'dry-run': Flags.boolean({
      summary: 'show what would be created and its price; nothing is',
    }),
    'min-hosts': Flags.integer({
      summary: 'run with so many hosts, if others cannot come; those are released',
      min: 1,
    }),
    atomic: Flags.boolean({ summary: 'give everything back if it cannot be whole' }),
    wait: Flags.boolean({ summary: 'wait until it runs', default: true, allowNo: true }),
  }

  async run(): Promise<ProvisionAnswer | PlanAnswer> {
    const { args, flags } = await this.parse(ProvisionCreate)
    const payer = flags['provider-id']
    const request = requestOf(args.file)
    const client = this.client(flags)
    const nothingGiven = flags.input === undefined && args.file === undefined
    const values: Values = {
      ...(request['user_inputs_values'] as Values | undefined),
      ...inputsOf(flags.input),
      ...(nothingGiven && process.stdin.isTTY ? await asked(client, args.driver) : {}),
    }
    const wanted = {
      ...request,
      ...given({ name: flags.name, description: flags.description }),
      ...given({ min_hosts: flags['min-hosts'], atomic: flags.atomic || undefined }),
      ...(payer === undefined ? {} : { provider_id: Number(parseId(payer, 'provider')) }),
      driver: args.driver,
      user_inputs_values: values,
    }
    if (flags['dry-run']) {
      const plan = await planned(client, wanted)
      this.log(planLayout(plan))
      return plan
    }
    const provision = await client.call<ProvisionAnswer>('POST', '/provisions', wanted)
    if (!flags.wait) {
      this.log(`ID: ${provision.ID}`)
      return provision
    }
    try {
      await watchWork({ client, provision: provision.ID, wanted: ['RUNNING'] })
    } finally {
      // also when it failed: the provision is there, and the id is what the next command needs
      this.log(`ID: ${provision.ID}`)
    }
    return client.call('GET', `/provisions/${provision.ID}`)
  }
}

/** A stock OneForm server would overlook the word and create it all. */
async function planned(client: Client, wanted: { readonly driver: string }): Promise<PlanAnswer> {
  const { registry } = await client.call<DriverAnswer>('GET', `/drivers/${wanted.driver}`)
  if (registry !== 'edgectl')
    throw new Failure('This server has no --dry-run; it would create the provision', badRequest)
  return await client.call('POST', '/provisions?dry_run=true', { ...wanted, dry_run: true })
}

async function asked(client: Client, driver: string): Promise<Values> {
  const { user_inputs, deployment_confs } = await client.call<DriverAnswer>(
    'GET',
    `/drivers/${driver}`,
  )
  const specs = [...user_inputs, ...(deployment_confs[0]?.user_inputs ?? [])]
  const { ask } = await import('../../prompt.ts')
  const terminal = { input: process.stdin, output: process.stderr, raw: true }
  return ask(askedInputs(specs), {}, terminal)
}
