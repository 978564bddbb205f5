import { keepSecret } from '../../lib/log/index.ts'
import { integerAt, textAt } from '../../lib/opennebula/index.ts'
import { type Caller, createCaller } from './caller.ts'
import { clustersOf } from './clusters.ts'
import { datastoresOf } from './datastores.ts'
import { documentsOf } from './documents.ts'
import { hostsOf } from './hosts.ts'
import { networkTemplatesOf } from './network-templates.ts'
import { networksOf } from './networks.ts'
import type { OpenNebula } from './opennebula.ts'
import { idOf, idsAt, nameOf } from './read.ts'
import { createTransport, type Transport } from './transport.ts'
import { vmsOf } from './vms.ts'

export interface OpenNebulaOptions {
  /** oned's XML-RPC address: `http://localhost:2633/RPC2`. */
  readonly endpoint: string
  /** `user:password`. */
  readonly session: string
  /** Patience for one answer; 30 s unless given, as OpenNebula's own clients have. */
  readonly timeoutMs?: number
}

const ownerOfSession = -1
/** RAFT states of oned: solo 0, candidate 1, follower 2, leader 3. */
const leading: readonly number[] = [0, 3]

export function createOpenNebula(options: OpenNebulaOptions): OpenNebula {
  keepSecret(passwordOf(options.session))
  return withSession(
    createTransport(options.endpoint, options.timeoutMs ?? 30_000),
    options.session,
  )
}

function withSession(transport: Transport, session: string, by?: Caller): OpenNebula {
  const caller = createCaller(transport, session)
  const admin = by ?? caller
  return {
    as: (other) => withSession(transport, other, admin),
    async user() {
      const node = await caller.read('one.user.info', ownerOfSession, false)
      // Only what oned accepted: anybody may try passwords, and each one kept is looked for in every text.
      keepSecret(passwordOf(session))
      return {
        id: idOf(node),
        name: nameOf(node),
        gid: integerAt(node, ['GID'], -1),
        gname: textAt(node, 'GNAME') ?? '',
        groups: idsAt(node, 'GROUPS'),
      }
    },
    version: () => caller.readText('one.system.version'),
    async isLeader() {
      return leading.includes(integerAt(await caller.read('one.zone.raftstatus'), ['STATE'], -1))
    },
    documents: documentsOf(caller, admin),
    clusters: clustersOf(caller),
    datastores: datastoresOf(caller),
    networks: networksOf(caller),
    networkTemplates: networkTemplatesOf(caller),
    hosts: hostsOf(caller),
    vms: vmsOf(caller),
    close: () => transport.close(),
  }
}

function passwordOf(session: string): string {
  return session.slice(session.indexOf(':') + 1)
}
