import { join } from 'node:path'
import { type Clock, createClock } from '../../../lib/clock/index.ts'
import { type Logger, silent } from '../../../lib/log/index.ts'
import type { Cloud } from './cloud.ts'
import { newCluster } from './clusters.ts'
import { firstDatastores } from './datastores.ts'
import type { OnedDoor } from './door.ts'
import { Elastic } from './elastic.ts'
import type { Hypervisor } from './hypervisor.ts'
import { Ipam } from './ipam.ts'
import { Pool } from './pool.ts'
import { loadSnapshot, type Snapshot } from './snapshot.ts'
import { Users } from './users.ts'

export interface StandInOptions {
  /** `<ipamDir>/<IPAM_MAD>/<action>` are the executables; oned's remotes/ipam. */
  readonly ipamDir: string
  readonly hypervisor: Hypervisor
  /** Passwords by user name; oneadmin must be among them. */
  readonly users: Readonly<Record<string, string>>
  /** 0, the default, takes a free one. */
  readonly port?: number
  /** Where the elastic driver finds OneForm; needed for VMs with elastic NICs. */
  readonly oneformUrl?: string
  /** Instead of asking OneForm: the directory whose `elastic/` holds the provider's class. */
  readonly elasticDir?: string
  /** Runs the elastic driver's actions instead of Ruby, where many at once must not take long. */
  readonly elastic?: Elastic
  /** More environment for drivers, on top of oned's. */
  readonly env?: Readonly<Record<string, string>>
  readonly clock?: Clock
  readonly logger?: Logger
  /** Before the clock's scale: 2 s unless given. */
  readonly transferMs?: number
  readonly monitorEveryMs?: number
  readonly ipamPatienceMs?: number
  /** Sees what clients ask, not what the stand-in's own callers do. */
  readonly door?: OnedDoor
  /** Begins with these objects. */
  readonly snapshot?: Snapshot
}

/** A fresh oned: the default cluster, three datastores, and nothing else. */
export function createCloud(
  options: StandInOptions,
  home: string,
  address: { readonly url: string },
  stopped: AbortSignal,
  work: Set<Promise<unknown>>,
): Cloud {
  const logger = options.logger ?? silent
  const env = () => ({
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: home,
    LANG: 'C.UTF-8',
    ONE_AUTH: join(home, 'one_auth'),
    ONE_XMLRPC: address.url,
    ...(options.oneformUrl === undefined ? {} : { ONEFORM_URL: options.oneformUrl }),
    ...(options.elasticDir === undefined ? {} : { ELASTIC_PATH: options.elasticDir }),
    ...options.env,
  })
  let turn: Promise<unknown> = Promise.resolve()
  const cloud: Cloud = {
    users: new Users(options.users),
    documents: new Pool('document'),
    clusters: new Pool('cluster', 100),
    datastores: new Pool('datastore', 100),
    networks: new Pool('virtual network'),
    networkTemplates: new Pool('virtual network template'),
    hosts: new Pool('host'),
    vms: new Pool('virtual machine'),
    clock: options.clock ?? createClock(),
    logger,
    hypervisor: options.hypervisor,
    ipam: new Ipam({
      directory: options.ipamDir,
      cwd: home,
      env,
      patienceMs: options.ipamPatienceMs ?? 90_000,
    }),
    elastic: options.elastic ?? new Elastic({ cwd: home, env }),
    transferMs: options.transferMs ?? 2000,
    stopped,
    background(what, job) {
      const settled = job
        .catch((error: Error) => {
          if (!stopped.aborted) logger.error(`${what}: ${error.message}`)
        })
        .finally(() => work.delete(settled))
      work.add(settled)
    },
    oneAtATime(job) {
      const mine = turn.then(job)
      turn = mine.catch(() => {})
      return mine
    },
  }
  cloud.clusters.put(newCluster(0, 'default'))
  for (const datastore of firstDatastores(cloud)) cloud.datastores.put(datastore)
  if (options.snapshot) loadSnapshot(cloud, options.snapshot)
  return cloud
}
