import type { OneObject } from '../../documents/index.ts'
import type { Step } from '../engine.ts'
import { ensureObject, marks, named } from '../objects.ts'
import type { Work } from '../work.ts'
import { type Placed, placedIn } from './placed.ts'
import { handOver, putObject } from './put-object.ts'

const wanted = [
  {
    key: 'system-datastore',
    name: 'scaleway_system_ds',
    template: { type: 'SYSTEM_DS', tm_mad: 'ssh', safe_dirs: '/var/tmp /tmp' },
  },
  {
    key: 'image-datastore',
    name: 'scaleway_image_ds',
    template: { type: 'IMAGE_DS', ds_mad: 'fs', tm_mad: 'ssh', safe_dirs: '/var/tmp /tmp' },
  },
] as const

/** Images are copied to each host over SSH; the first host keeps replicas, so that copies start near. */
export function datastoreSteps(work: Work, placed: Placed): Step[] {
  const { datastores } = work.ports.opennebula
  return wanted.map(({ key, name, template }) => ({
    name: key.replace('-', ' '),
    needs: ['cluster'],
    run: async () => {
      const datastore = await ensureObject(work, {
        what: 'datastore',
        key,
        list: () => datastores.list(),
        create: () =>
          datastores.create(
            {
              NAME: named(work, name),
              TYPE: template.type,
              TM_MAD: template.tm_mad,
              ...('ds_mad' in template ? { DS_MAD: template.ds_mad } : {}),
              SAFE_DIRS: template.safe_dirs,
              ...marks(work, key),
            },
            placedIn(placed),
          ),
      })
      await handOver(work, datastore, (uid, gid) => datastores.chown(datastore.id, uid, gid))
      const object: OneObject = {
        id: datastore.id,
        name: datastore.name,
        template: { ...template },
        childs: {},
      }
      await work.updateObjects((objects) => putObject(objects.datastores, object))
    },
  }))
}
