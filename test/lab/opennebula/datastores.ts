import { Attributes } from './attributes.ts'
import type { Cloud, Datastore } from './cloud.ts'
import { type Methods, method } from './method.ts'
import { authorize, may, ownedBy, ownerXml, permissionsXml } from './owned.ts'
import { errno, Refusal } from './refusal.ts'
import { rightsMethods } from './rights-methods.ts'
import { parseTemplate } from './template-text.ts'
import { cdata, ids, plain, wrapped } from './xml.ts'

const types = ['IMAGE_DS', 'SYSTEM_DS', 'FILE_DS']

/** TM_MAD_CONF of the default oned.conf, for the drivers edge clusters use. */
const transfers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ssh: { ALLOW_ORPHANS: 'YES', CLONE_TARGET: 'SYSTEM', LN_TARGET: 'SYSTEM', SHARED: 'NO' },
  local: { ALLOW_ORPHANS: 'FORMAT', CLONE_TARGET: 'SYSTEM', LN_TARGET: 'SYSTEM', SHARED: 'NO' },
  shared: { ALLOW_ORPHANS: 'NO', CLONE_TARGET: 'SYSTEM', LN_TARGET: 'NONE', SHARED: 'YES' },
}

export function datastoreMethods(cloud: Cloud): Methods {
  const { datastores } = cloud
  return {
    'one.datastore.allocate': method(['string', 'int'], (user, text, clusterId) => {
      const template = parseTemplate(text)
      const name = template.text('NAME') ?? ''
      if (clusterId !== -1) cloud.clusters.get(clusterId)
      const complete = completed(template.remove('NAME'))
      return datastores.add((id) => ({
        ...{ id, name, template: complete, clusterIds: [clusterId === -1 ? 0 : clusterId] },
        ...ownedBy(user, 0o640),
      })).id
    }),
    'one.datastore.info': method(['int', 'bool'], (user, id) => {
      authorize(user, 'USE', 'DATASTORE', datastores.get(id))
      return datastoreXml(cloud, datastores.get(id))
    }),
    'one.datastore.update': method(['int', 'string', 'int'], (user, id, text) => {
      authorize(user, 'MANAGE', 'DATASTORE', datastores.get(id))
      datastores.get(id).template.merge(parseTemplate(text))
      return id
    }),
    'one.datastore.delete': method(['int'], (user, id) => {
      authorize(user, 'MANAGE', 'DATASTORE', datastores.get(id))
      datastores.delete(id)
      return id
    }),
    ...rightsMethods('datastore', 'DATASTORE', datastores, cloud.users),
    'one.datastorepool.info': method([], (user) =>
      wrapped(
        'DATASTORE_POOL',
        datastores
          .newestFirst()
          .filter((one) => may(user, 'USE', one))
          .map((one) => datastoreXml(cloud, one))
          .join(''),
      ),
    ),
  }
}

/** What a fresh oned comes with. */
export function firstDatastores(cloud: Cloud): Datastore[] {
  return types.map((type, i) => ({
    id: [1, 0, 2][i] ?? i,
    name: ['default', 'system', 'files'][i] ?? type,
    clusterIds: [0],
    template: completed(
      new Attributes([['TYPE', type], ['TM_MAD', 'local'], ...(i === 1 ? [] : [fs])]),
    ),
    ...ownedBy(cloud.users.admin, 0o640),
  }))
}
const fs = ['DS_MAD', 'fs'] as const

function completed(template: Attributes): Attributes {
  const tm = template.text('TM_MAD') ?? ''
  const conf = transfers[tm]
  if (!conf) {
    throw new Refusal(errno.internal, `TM_MAD named "${tm}" is not defined in oned.conf`)
  }
  const type = template.text('TYPE') ?? 'IMAGE_DS'
  const only: Record<string, string> =
    type === 'SYSTEM_DS'
      ? { SHARED: conf['SHARED'] ?? '', ...live }
      : { CLONE_TARGET: conf['CLONE_TARGET'] ?? '', LN_TARGET: conf['LN_TARGET'] ?? '' }
  const defaults = {
    TYPE: type,
    ALLOW_ORPHANS: conf['ALLOW_ORPHANS'] ?? '',
    PERSISTENT_SNAPSHOTS: 'YES',
    RESTRICTED_DIRS: '/',
    SAFE_DIRS: '/var/tmp',
    ...(type === 'FILE_DS' ? {} : { DISK_TYPE: 'FILE' }),
    ...only,
  }
  return new Attributes(Object.entries(defaults)).merge(template)
}
const live = { DS_LIVE_MIGRATE: 'YES', DS_MIGRATE: 'YES', DS_MIGRATE_SNAP: 'YES' }

function datastoreXml(cloud: Cloud, datastore: Datastore): string {
  const { id, template } = datastore
  return wrapped(
    'DATASTORE',
    plain('ID', id) +
      ownerXml(datastore, cloud.users) +
      plain('NAME', datastore.name) +
      permissionsXml(datastore) +
      cdata('DS_MAD', template.text('DS_MAD') ?? '-') +
      cdata('TM_MAD', template.text('TM_MAD') ?? '') +
      cdata('BASE_PATH', `/var/lib/one//datastores/${id}`) +
      plain('TYPE', Math.max(0, types.indexOf(template.text('TYPE') ?? ''))) +
      plain('DISK_TYPE', 0) +
      plain('STATE', 0) +
      ids('CLUSTERS', datastore.clusterIds) +
      plain('TOTAL_MB', 0) +
      plain('FREE_MB', 0) +
      plain('USED_MB', 0) +
      ids('IMAGES', []) +
      template.xml(),
  )
}
