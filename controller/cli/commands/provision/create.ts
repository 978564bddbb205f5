import { Flags } from '@oclif/core'
import type { DriverAnswer, PlanAnswer, ProvisionAnswer } from '../../answers.ts'
import { askedInputs } from '../../asked-inputs.ts'
import type { Client } from '../../client.ts'
import { deploymentOf } from '../../deployment.ts'
import { driverArgument, driverOf } from '../../driver.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { badRequest, Failure } from '../../failure.ts'
import {
  fileArgument,
  given,
  inputFlag,
  inputsOf,
  pipedRequest,
  requestOf,
  type Values,
} from '../../inputs.ts'
import { idOf, mustBeName } from '../../items.ts'
import { planLayout } from '../../plan-layout.ts'
import { watchWork } from '../../work.ts'

export default class ProvisionCreate extends EdgeCommand {
  static override summary = 'Create an edge cluster; asks for its inputs when none is given'
  static override examples = [
    '<%= config.bin %> provision create scaleway --provider-id 1',
    '<%= config.bin %> provision create scaleway --provider-id paris --input oneform_hosts=3 --input instance_public_ips=2',
    '<%= config.bin %> provision create scaleway --provider-id 1 --input oneform_hosts=3 --dry-run',
    '<%= config.bin %> provision create scaleway --provider-id 1 --input oneform_hosts=5 --min-hosts 3',
    '<%= config.bin %> provision create scaleway provision.yaml --provider-id 1',
    '<%= config.bin %> provision create scaleway --provider-id 1 --no-wait - < provision.json',
  ]
  static override args = { driver: driverArgument, file: fileArgument }
  static override flags = {
    'provider-id': Flags.string({ char: 'p', summary: 'provider that pays, by its id or name' }),
    deployment: Flags.string({ char: 'd', summary: 'which of the driver’s clusters: ssh_cluster' }),
    name: Flags.string({ summary: 'name of the provision' }),
    description: Flags.string({ summary: 'what it is for' }),
    input: inputFlag('an input, name=value or name=@file'),
    'dry-run': Flags.boolean({
      summary: 'show what would be created and its price; nothing is',
    }),
    'min-hosts': Flags.integer({
      summary: 'run with so many hosts, if others cannot come; those are released',
      min: 1,
    }),
    atomic: Flags.boolean({ summary: 'give everything back if it cannot be whole' }),
    wait: Flags.boolean({
      summary: 'wait until it runs; edgectl does unless told',
      allowNo: true,
    }),
  }

  async run(): Promise<ProvisionAnswer | PlanAnswer> {
    const { args, flags } = await this.parse(ProvisionCreate)
    const request = await requestOf(args.file ?? (this.stock ? pipedRequest() : undefined))
    const client = this.client(flags)
    const driver = await driverOf(client, args.driver)
    const deployment = deploymentOf(driver, flags.deployment ?? request['deployment_type'])
    const payer = flags['provider-id']
    const paid = payer === undefined ? {} : { provider_id: await idOf(client, 'provider', payer) }
    const told = request['user_inputs_values'] as Values | undefined
    const nothingGiven = flags.input === undefined && told === undefined
    const specs = [...driver.user_inputs, ...(deployment?.user_inputs ?? [])]
    const values: Values = {
      ...told,
      ...inputsOf(flags.input),
      ...(nothingGiven && process.stdin.isTTY ? await asked(specs) : {}),
    }
    const wanted = {
      ...request,
      ...given({ deployment_type: deployment?.inventory }),
      ...given({ name: flags.name, description: flags.description }),
      ...given({ min_hosts: flags['min-hosts'], atomic: flags.atomic || undefined }),
      ...paid,
      driver: args.driver,
      user_inputs_values: values,
    }
    mustBeName('provision', flags.name ?? request['name'])
    if (flags['dry-run']) {
      const plan = await planned(client, driver, wanted)
      this.log(planLayout(plan))
      return plan
    }
    const provision = await client.call<ProvisionAnswer>('POST', '/provisions', wanted)
    if (!this.waits(flags.wait)) {
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
async function planned(
  client: Client,
  { registry }: DriverAnswer,
  wanted: object,
): Promise<PlanAnswer> {
  if (registry !== 'edgectl')
    throw new Failure('This server has no --dry-run; it would create the provision', badRequest)
  const body = { ...wanted, dry_run: true }
  return await client.call('POST', '/provisions?dry_run=true', body, { harmless: true })
}

async function asked(specs: Parameters<typeof askedInputs>[0]): Promise<Values> {
  const { ask } = await import('../../prompt.ts')
  const terminal = { input: process.stdin, output: process.stderr, raw: true }
  return ask(askedInputs(specs), {}, terminal)
}
