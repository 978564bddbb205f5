import { Flags } from '@oclif/core'
import type { ProviderAnswer } from '../../answers.ts'
import { driverArgument, driverOf } from '../../driver.ts'
import { EdgeCommand } from '../../edge-command.ts'
import {
  fileArgument,
  given,
  inputFlag,
  inputsOf,
  pipedRequest,
  requestOf,
  type Values,
} from '../../inputs.ts'
import { mustBeName } from '../../items.ts'

export default class ProviderCreate extends EdgeCommand {
  static override summary = 'Register a cloud account; asks for what is not given'
  static override description =
    'The secret key is read from SCW_SECRET_KEY, a file (--input secret_key=@FILE), a request in JSON or YAML on ' +
    'standard input or in a file, or typed at the prompt, where it is not shown.'
  static override examples = [
    '<%= config.bin %> provider create scaleway --name paris',
    'SCW_SECRET_KEY=… <%= config.bin %> provider create scaleway --access-key SCW… --project-id … --zone fr-par-2',
    '<%= config.bin %> provider create scaleway --input secret_key=@/root/scw.key --input zone=fr-par-2',
    '<%= config.bin %> provider create scaleway - < provider.json',
  ]
  static override args = { driver: driverArgument, file: fileArgument }
  static override flags = {
    name: Flags.string({ summary: 'name of the provider' }),
    description: Flags.string({ summary: 'what it is for' }),
    'access-key': Flags.string({ summary: 'Scaleway access key (else SCW_ACCESS_KEY)' }),
    'project-id': Flags.string({ summary: 'Scaleway project (else SCW_DEFAULT_PROJECT_ID)' }),
    region: Flags.string({ summary: 'Scaleway region (else SCW_DEFAULT_REGION)' }),
    zone: Flags.string({ summary: 'Scaleway zone (else SCW_DEFAULT_ZONE)' }),
    input: inputFlag('a connection value, name=value or name=@file'),
  }

  async run(): Promise<ProviderAnswer> {
    const { args, flags } = await this.parse(ProviderCreate)
    const request = await requestOf(args.file ?? (this.stock ? pipedRequest() : undefined))
    const client = this.client(flags)
    const { connection } = await driverOf(client, args.driver)
    const named = {
      access_key: flags['access-key'],
      ...{ project_id: flags['project-id'], region: flags.region, zone: flags.zone },
    }
    const values: Values = {
      ...given(inEnvironment(process.env)),
      ...(request['connection_values'] as Values | undefined),
      ...given(named),
      ...inputsOf(flags.input),
    }
    const missing = connection.filter(({ name }) => values[name] === undefined)
    const needed = missing.some(({ mandatory }) => mandatory)
    if (needed && process.stdin.isTTY && args.file === undefined) {
      const { ask } = await import('../../prompt.ts')
      const terminal = { input: process.stdin, output: process.stderr, raw: true }
      Object.assign(values, await ask(missing, values, terminal))
    }
    const called = { ...request, ...given({ name: flags.name, description: flags.description }) }
    mustBeName('provider', called['name'])
    const provider = await client.call<ProviderAnswer>('POST', '/providers', {
      ...called,
      driver: args.driver,
      connection_values: values,
    })
    this.log(`ID: ${provider.ID}`)
    return provider
  }
}

/** As Scaleway's own tools find it; whatever was said here goes before. */
function inEnvironment(env: NodeJS.ProcessEnv): Values {
  return {
    access_key: env['SCW_ACCESS_KEY'],
    secret_key: env['SCW_SECRET_KEY'],
    project_id: env['SCW_DEFAULT_PROJECT_ID'],
    region: env['SCW_DEFAULT_REGION'],
    zone: env['SCW_DEFAULT_ZONE'],
  }
}
