import { Flags } from '@oclif/core'
import { type Client, createClient } from './client.ts'
import { somebodyIsThere } from './confirm.ts'
import { type Endpoint, findEndpoint, type Given } from './endpoint.ts'
import { OutputCommand } from './output-command.ts'

/** What every command shares that asks the controller: where it is, and who asks. */
export abstract class EdgeCommand extends OutputCommand {
  static override baseFlags = {
    server: Flags.string({
      summary: 'URL of the controller (else ONEFORM_URL, ~/.one/oneform_endpoint)',
      helpGroup: 'GLOBAL',
    }),
    username: Flags.string({
      summary: 'OpenNebula user (else ONEFORM_USER, ONE_AUTH, ~/.one/one_auth)',
      helpGroup: 'GLOBAL',
    }),
    password: Flags.string({
      summary: 'password or token (else ONEFORM_PASSWORD, ONE_AUTH, ~/.one/one_auth)',
      helpGroup: 'GLOBAL',
    }),
    'api-version': Flags.string({
      summary: 'version of the API (else ONEFORM_VERSION, v1)',
      helpGroup: 'GLOBAL',
    }),
    ...OutputCommand.baseFlags,
  }

  protected client(given: Given): Client {
    return createClient(this.endpoint(given))
  }

  protected endpoint(given: Given): Endpoint {
    return findEndpoint(given, process.env)
  }

  /** Whether it was started under a name of the stock commands, and shall do as they do. */
  protected get stock(): boolean {
    return this.config.bin !== 'edgectl'
  }

  /** Whether to wait for work: unless told, edgectl waits, and the stock commands do not. */
  protected waits(told: boolean | undefined): boolean {
    return told ?? !this.stock
  }

  /** Whether to ask before something goes for good; the stock commands never do. */
  protected asks(yes: boolean): boolean {
    return !yes && !this.stock && somebodyIsThere()
  }
}
