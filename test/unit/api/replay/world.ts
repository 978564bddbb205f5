import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { createApi, createProvisionLogs, scalewayDriver } from '../../../../controller/api/index.ts'
import {
  createDocuments,
  createDriverStates,
  type Documents,
} from '../../../../controller/documents/index.ts'
import {
  createLifecycle,
  inputValues,
  type Lifecycle,
  type Ports,
  parseInputs,
} from '../../../../controller/provision/index.ts'
import { sumOf } from '../../../../controller/scaleway/index.ts'
import { createClock } from '../../../../lib/clock/index.ts'
import { silent } from '../../../../lib/log/index.ts'
import { memoryOpenNebula } from '../../documents/memory-opennebula.ts'
import {
  createMemoryCloud,
  createMemoryHardware,
  type MemoryCloud,
} from '../../provision/memory-hardware.ts'
import { createMemoryOne, type MemoryOne } from '../../provision/memory-one.ts'
import { watchAnswers } from '../described.ts'
import { basic } from '../support.ts'

export interface Answer {
  readonly status: number
  readonly type: string | undefined
  readonly text: string
}

/** The controller's API over its real work on provisions; only OpenNebula, cloud and hosts are of memory. */
export interface World {
  readonly app: FastifyInstance
  readonly documents: Documents
  readonly lifecycle: Lifecycle
  readonly one: MemoryOne
  readonly cloud: MemoryCloud
  /** `request` like "GET /api/v1/drivers"; a body that is no text is sent as JSON. */
  call(request: string, body?: unknown, session?: string | null): Promise<Answer>
  /** So that the next document gets this id. */
  nextIdIs(id: number): void
  close(): Promise<void>
}

export function createWorld(): World {
  const store = memoryOpenNebula()
  const documents = createDocuments(store, { master: Buffer.alloc(32, 1) })
  const cloud = createMemoryCloud()
  const one = createMemoryOne(cloud)
  const clock = createClock({ scale: 0.001 })
  const lifecycle = createLifecycle(portsOf(documents, one, cloud))
  const logDirectory = mkdtempSync(join(tmpdir(), 'edgectl-replay-'))
  const app = createApi({
    ...{ documents, one: store, lifecycle, events: lifecycle, clock, logger: silent },
    driver: scalewayDriver({ systemPath: '/usr/lib/edgectl', version: '1.0.0' }),
    drivers: { ...createDriverStates(store), verify: async () => {} },
    stock: null,
    parseInputs: async (values) => inputValues(parseInputs(values)),
    checkConnection: async () => {},
    preflight: async () => ({ zone: 'fr-par-2', parts: [], total: sumOf([]), warnings: [] }),
    logs: createProvisionLogs(logDirectory, clock),
    addresses: {
      report: () => ({ at: null, addresses: [], findings: [] }),
      setReverse: async () => '',
    },
    leaks: {
      look: async () => ({ atMs: 0, leaks: [], watched: [], unlooked: [] }),
      releases: () => [],
      release: () => {},
    },
    cost: async () => ({ items: [], total: sumOf([]), unread: [] }),
    fleet: () => ({ hosts: [], refusals: [] }),
    adoption: {
      plan: async () => {
        throw new Error('No recording asks for it')
      },
      begin: async () => {
        throw new Error('No recording asks for it')
      },
    },
    doctor: async () => ({ version: '1.0.0', findings: [] }),
  })
  const differences = watchAnswers(app)
  return {
    ...{ app, documents, lifecycle, one, cloud },
    async call(request, body, session = 'oneadmin:opennebula') {
      const [method, url = '/'] = request.split(' ')
      const payload = typeof body === 'string' ? body : JSON.stringify(body)
      const answer = await app.inject({
        method: method as 'GET',
        url,
        headers: {
          ...(session === null ? {} : basic(session)),
          ...{ 'content-type': 'application/json', accept: 'application/json' },
        },
        ...(body === undefined ? {} : { payload }),
      })
      const type = answer.headers['content-type']
      return { status: answer.statusCode, type: type?.toString(), text: answer.body }
    },
    nextIdIs(id) {
      store.pace.next = id
    },
    async close() {
      await app.close()
      await lifecycle.close()
      rmSync(logDirectory, { recursive: true })
      if (differences.length > 0) throw new Error(differences.join('\n'))
    },
  }
}

/** Hosts that install at once and agents that carry out everything. */
function portsOf(documents: Documents, one: MemoryOne, cloud: MemoryCloud): Ports {
  return {
    ...{ clock: createClock({ scale: 0.001 }), logger: silent, cloud: 'cloud-1' },
    ...{ provisions: documents.provisions, providers: documents.providers, opennebula: one },
    hardware: (_connection: unknown, _identity: unknown, signal: AbortSignal) =>
      createMemoryHardware(cloud, signal),
    hosts: {
      ...{ hypervisor: 'kvm', management: [], ready: async () => {}, install: async () => {} },
      ...{ connect: () => {}, admit: () => {}, waitEnrolled: async () => {}, forget: () => {} },
    },
    fleet: {
      ...{ set: async () => {}, refresh: async () => {}, forget: () => {} },
      waitSettled: async () => {},
    },
    keys: { controllerKey: () => 'ssh-ed25519 AAAA', userData: () => '#cloud-config' },
  } as unknown as Ports
}
