import { simulatedKey, simulatedProject } from '../../lab/scaleway/index.ts'
import { password, type World } from './world.ts'

type At = Pick<World, 'controller'>

const connection = {
  ...{ access_key: simulatedKey.accessKey, secret_key: simulatedKey.secretKey },
  ...{ project_id: simulatedProject, zone: 'fr-par-2' },
}

export interface ProvisionWish {
  readonly hosts: number
  readonly publicIps: number
}

/** Registers the simulated cloud; answers the provider's id. */
export async function createProvider(world: At): Promise<number> {
  const values = { driver: 'scaleway', connection_values: connection }
  return idOf(await ask(world, 'POST', '/providers', values))
}

/** Begins a provision; answers its id. */
export async function createProvision(
  world: At,
  provider: number,
  { hosts, publicIps }: ProvisionWish,
): Promise<number> {
  const answer = await ask(world, 'POST', '/provisions', {
    ...{ driver: 'scaleway', provider_id: provider },
    user_inputs_values: { oneform_hosts: hosts, instance_public_ips: publicIps },
  })
  return idOf(answer)
}

export async function stateAsked(world: At, provision: number): Promise<string> {
  const answer = (await ask(world, 'GET', `/provisions/${provision}`)) as Answer
  return answer.DOCUMENT.TEMPLATE.PROVISION_BODY.state
}

interface Answer {
  readonly DOCUMENT: {
    readonly ID: string
    readonly TEMPLATE: { readonly PROVISION_BODY: { readonly state: string } }
  }
}

const idOf = (answer: unknown) => Number((answer as Answer).DOCUMENT.ID)

/** An answer of the controller that is a refusal. */
export class Refused extends Error {
  /** The controller's own words. */
  readonly said: string

  constructor(request: string, text: string) {
    super(`${request} ${text}`)
    this.said = /"message":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? text
  }
}

/** The controller's REST API as oneadmin; undefined for an answer without body. Throws the refusal. */
export async function ask(
  { controller }: At,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: object,
): Promise<unknown> {
  const answer = await fetch(`${controller.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Basic ${Buffer.from(`oneadmin:${password}`).toString('base64')}` },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Refused(`${method} ${path}: ${answer.status}`, text)
  return text === '' ? undefined : JSON.parse(text)
}
