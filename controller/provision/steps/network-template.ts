import type { Step } from '../engine.ts'
import { ensureObject, marks, named } from '../objects.ts'
import type { Work } from '../work.ts'
import { privateNetwork } from './network-templates.ts'
import { type Placed, placedIn } from './placed.ts'
import { handOver, putObject } from './put-object.ts'

const key = 'network-template'

/** What users make more private networks of. Networks made of it carry its key, not that of ours. */
export function networkTemplateStep(work: Work, placed: Placed): Step {
  const { networkTemplates } = work.ports.opennebula
  return {
    name: 'network template',
    needs: ['cluster'],
    run: async () => {
      const made = await ensureObject(work, {
        what: 'network template',
        key,
        list: () => networkTemplates.list(),
        create: () =>
          networkTemplates.create({
            NAME: named(work, 'private_scaleway_network'),
            ...privateNetwork,
            CLUSTER_IDS: String(placedIn(placed)),
            ...marks(work, key),
          }),
      })
      await handOver(work, made, (uid, gid) => networkTemplates.chown(made.id, uid, gid))
      await work.updateObjects((objects) => {
        objects.network_templates ??= []
        putObject(objects.network_templates, { id: made.id, name: made.name, childs: {} })
      })
    },
  }
}
