import { type Cloud, type NetworkTemplate, seconds } from './cloud.ts'
import { type Methods, method } from './method.ts'
import { allocateNetwork } from './networks.ts'
import { authorize, may, ownedBy, ownerXml, permissionsXml } from './owned.ts'
import { rightsMethods } from './rights-methods.ts'
import { parseTemplate } from './template-text.ts'
import { plain, wrapped } from './xml.ts'

export function networkTemplateMethods(cloud: Cloud): Methods {
  const { networkTemplates } = cloud
  return {
    'one.vntemplate.allocate': method(['string'], (user, text) => {
      const template = parseTemplate(text)
      const name = template.text('NAME') ?? ''
      const registered = seconds(cloud)
      template.remove('NAME')
      return networkTemplates.add((id) => ({ id, name, registered, template, ...ownedBy(user) })).id
    }),
    'one.vntemplate.info': method(['int', 'bool'], (user, id) => {
      authorize(user, 'USE', 'VNTEMPLATE', networkTemplates.get(id))
      return networkTemplateXml(cloud, networkTemplates.get(id))
    }),
    'one.vntemplate.update': method(['int', 'string', 'int'], (user, id, text) => {
      authorize(user, 'MANAGE', 'VNTEMPLATE', networkTemplates.get(id))
      networkTemplates.get(id).template.merge(parseTemplate(text))
      return id
    }),
    'one.vntemplate.instantiate': method(['int', 'string', 'string'], (user, id, name, extra) => {
      const found = networkTemplates.get(id)
      authorize(user, 'USE', 'VNTEMPLATE', found)
      const template = found.template.copy().merge(parseTemplate(extra)).set('NAME', name)
      return allocateNetwork(cloud, user, template, -1, id)
    }),
    'one.vntemplate.delete': method(['int', 'bool'], (user, id) => {
      authorize(user, 'MANAGE', 'VNTEMPLATE', networkTemplates.get(id))
      networkTemplates.delete(id)
      return id
    }),
    ...rightsMethods('vntemplate', 'VNTEMPLATE', networkTemplates, cloud.users),
    'one.vntemplatepool.info': method(['int', 'int', 'int'], (user) =>
      wrapped(
        'VNTEMPLATE_POOL',
        networkTemplates
          .newestFirst()
          .filter((one) => may(user, 'USE', one))
          .map((one) => networkTemplateXml(cloud, one))
          .join(''),
      ),
    ),
  }
}

function networkTemplateXml(cloud: Cloud, template: NetworkTemplate): string {
  return wrapped(
    'VNTEMPLATE',
    plain('ID', template.id) +
      ownerXml(template, cloud.users) +
      plain('NAME', template.name) +
      permissionsXml(template) +
      plain('REGTIME', template.registered) +
      template.template.xml(),
  )
}
