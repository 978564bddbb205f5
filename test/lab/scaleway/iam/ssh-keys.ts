import type { FastifyInstance } from 'fastify'
import { needQuota } from '../engine/quota.ts'
import type { Sim } from '../engine/sim.ts'
import { accessOf, needProject } from '../transport/auth.ts'
import { readBody } from '../transport/body.ts'
import { alreadyExists, invalidArgument, notFound } from '../transport/errors.ts'
import { listPage, readQuery } from '../transport/query.ts'
import type { SshKey } from './model.ts'
import { parsePublicKey } from './public-key.ts'

interface OneKey {
  Params: { ssh_key_id: string }
}

export function serveSshKeys(app: FastifyInstance, sim: Sim): void {
  const { sshKeys } = sim.store

  app.get('/ssh-keys', async (request) => {
    const disabled = readQuery(request).flag('disabled')
    const all = [...sshKeys.values()].filter(
      (key) => disabled === undefined || key.disabled === disabled,
    )
    const { items, total_count } = listPage(sim, request, all)
    return { ssh_keys: items, total_count }
  })

  app.post('/ssh-keys', async (request) => {
    const body = readBody(request.body)
    const name = body.text('name', { max: 1000 }) ?? ''
    const project = body.needUuid('project_id')
    const text = body.needText('public_key')
    body.end()
    needProject(request, project)
    const parsed = parsePublicKey(text)
    if (!parsed) throw invalidArgument('public_key', 'format', 'value must be a valid SSH key')
    const twin = [...sshKeys.values()].find(
      (key) => key.project_id === project && key.public_key === parsed.material,
    )
    if (twin && sim.config.switches.sshDuplicate === 'refuse')
      throw alreadyExists('ssh_key', twin.id, 'this key is already in the project')
    needQuota(sim, 'ssh_keys', sshKeys.size)
    // Keys have no tags: who makes one of a name twice has made it blindly.
    if (twin && twin.name === name)
      sim.journal.note({
        rule: 'created-twice',
        severity: 'error',
        what: `two of ssh-key ${name}`,
        object: twin.id,
      })
    const now = sim.clock.stamp()
    const key: SshKey = {
      id: sim.chance.uuid(),
      name,
      public_key: parsed.material,
      fingerprint: parsed.fingerprint,
      created_at: now,
      updated_at: now,
      organization_id: sim.config.organizationId,
      project_id: project,
      disabled: false,
    }
    sshKeys.set(key.id, key)
    sim.store.born.set(key, sim.clock.now())
    return key
  })

  app.get<OneKey>('/ssh-keys/:ssh_key_id', async (request) => find(request))

  app.patch<OneKey>('/ssh-keys/:ssh_key_id', async (request) => {
    const key = find(request)
    const body = readBody(request.body)
    const name = body.text('name')
    const disabled = body.flag('disabled')
    body.end()
    key.name = name ?? key.name
    key.disabled = disabled ?? key.disabled
    key.updated_at = sim.clock.stamp()
    return key
  })

  app.delete<OneKey>('/ssh-keys/:ssh_key_id', async (request, reply) => {
    sshKeys.delete(find(request).id)
    return reply.code(204).send()
  })

  function find(request: Parameters<typeof accessOf>[0]): SshKey {
    const { ssh_key_id } = request.params as OneKey['Params']
    const key = sshKeys.get(ssh_key_id)
    if (!key || !accessOf(request).sees(key.project_id)) throw notFound('ssh_key', ssh_key_id)
    return key
  }
}
