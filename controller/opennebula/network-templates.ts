import { allAt, renderTemplate, type XmlNode } from '../../lib/opennebula/index.ts'
import type { Caller } from './caller.ts'
import { merge } from './clusters.ts'
import type { NetworkTemplate } from './objects.ts'
import type { NetworkTemplates } from './opennebula.ts'
import { idOf, nameOf, ownerOf, permissionsOf, templateOf } from './read.ts'
import { rightsOf } from './rights.ts'

export function networkTemplatesOf(caller: Caller): NetworkTemplates {
  return {
    list: async () =>
      allAt(await caller.read('one.vntemplatepool.info', -2, -1, -1), 'VNTEMPLATE').map(
        readNetworkTemplate,
      ),
    get: async (id) => readNetworkTemplate(await caller.read('one.vntemplate.info', id, false)),
    create: (template) => caller.change('one.vntemplate.allocate', renderTemplate(template)),
    async update(id, template) {
      await caller.change('one.vntemplate.update', id, renderTemplate(template), merge)
    },
    instantiate: (id, name, extra) =>
      caller.change('one.vntemplate.instantiate', id, name, renderTemplate(extra)),
    ...rightsOf(caller, 'vntemplate'),
    async delete(id) {
      const withImages = false
      await caller.change('one.vntemplate.delete', id, withImages)
    },
  }
}

export function readNetworkTemplate(node: XmlNode): NetworkTemplate {
  return {
    id: idOf(node),
    name: nameOf(node),
    owner: ownerOf(node),
    permissions: permissionsOf(node),
    template: templateOf(node),
  }
}
