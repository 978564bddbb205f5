import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Sim } from '../engine/sim.ts'
import type { ApiKey } from '../iam/model.ts'
import { deniedAuthentication, permissionsDenied } from './errors.ts'

/** What the caller's key may see and do. */
export interface Access {
  readonly key: ApiKey
  sees(project: string): boolean
}

declare module 'fastify' {
  interface FastifyRequest {
    access: Access | null
  }
}

/** Every product route needs a known key in `x-auth-token`; the simulator's own routes do not. */
export function guardAccess(app: FastifyInstance, sim: Sim): void {
  app.decorateRequest('access', null)
  app.addHook('onRequest', async (request) => {
    if (request.url.startsWith('/_sim/')) return
    const key = keyOf(sim, request)
    request.access = {
      key,
      sees: (project) =>
        key.projects?.includes(project) ?? sim.config.projects.some(({ id }) => id === project),
    }
    const action = actionOf(request.method)
    const resource = resourceOf(request.url)
    const young = sim.clock.now() < sim.config.switches.iamPropagationMs
    const denied = key.denied.some(
      (pair) => ['*', action].includes(pair.action) && ['*', resource].includes(pair.resource),
    )
    if (young || denied) throw permissionsDenied(action, resource)
  })
}

export function accessOf(request: FastifyRequest): Access {
  if (!request.access) throw deniedAuthentication('not_found')
  return request.access
}

/** Refuses to create in a project the key cannot see. */
export function needProject(request: FastifyRequest, project: string): void {
  if (!accessOf(request).sees(project))
    throw permissionsDenied(actionOf(request.method), resourceOf(request.url))
}

function keyOf(sim: Sim, request: FastifyRequest): ApiKey {
  const secret = request.headers['x-auth-token']
  const key = [...sim.store.keys.values()].find(({ secret_key }) => secret_key === secret)
  if (!key || key.revoked === 'denied') throw deniedAuthentication('not_found')
  const late = key.expires_at !== null && Date.parse(key.expires_at) <= Date.now()
  if (late || key.revoked === 'expired') throw deniedAuthentication('expired')
  return key
}

function actionOf(method: string): string {
  return method === 'GET' ? 'read' : method === 'DELETE' ? 'delete' : 'write'
}

const resources: readonly [RegExp, string][] = [
  [/^\/flexible-ip\//, 'flexible-ip'],
  [/^\/baremetal\//, 'baremetal'],
  [/^\/vpc\/.*\/private-networks/, 'private_network'],
  [/^\/vpc\//, 'vpc'],
  [/^\/vpc-gw\//, 'vpc_gateway'],
  [/^\/ipam\//, 'ipam'],
  [/^\/iam\/.*\/ssh-keys/, 'ssh_key'],
  [/^\/iam\//, 'iam'],
]

function resourceOf(url: string): string {
  return resources.find(([form]) => form.test(url))?.[1] ?? 'unknown'
}
