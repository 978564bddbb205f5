import { createCipheriv } from 'node:crypto'
import type { Cloud, Document } from './cloud.ts'
import { type Methods, method } from './method.ts'
import { authorize, may, ownedBy, ownerXml, permissionsXml } from './owned.ts'
import { errno, Refusal } from './refusal.ts'
import { rightsMethods } from './rights-methods.ts'
import { parseTemplate } from './template-text.ts'
import { plain, wrapped } from './xml.ts'

/** DOCUMENT_ENCRYPTED_ATTR of the default oned.conf; only oneadmin's group gets it decrypted. */
const encrypted = 'PROVISION_BODY'

export function documentMethods(cloud: Cloud): Methods {
  const { documents } = cloud
  const unlocked = (id: number, userId: number) => {
    const found = documents.get(id)
    if (!found.locked) return found
    throw new Refusal(errno.authorization, `User [${userId}] : DOCUMENT is locked. [${id}].`)
  }
  return {
    'one.document.allocate': method(['string', 'int'], (user, text, type) => {
      const template = parseTemplate(text)
      const name = template.text('NAME')
      template.remove('NAME')
      return documents.add((id) => ({
        ...{ id, type, template, locked: false, name: name ?? `document-${id}` },
        ...ownedBy(user),
      })).id
    }),
    'one.document.info': method(['int', 'bool'], (user, id, decrypt) => {
      const found = documents.get(id)
      authorize(user, 'USE', 'DOCUMENT', found)
      return documentXml(cloud, found, decrypt && user.gid === 0)
    }),
    'one.document.update': method(['int', 'string', 'int'], (user, id, text, append) => {
      const found = unlocked(id, user.id)
      authorize(user, 'MANAGE', 'DOCUMENT', found)
      const template = parseTemplate(text)
      found.template = append === 1 ? found.template.merge(template) : template
      return id
    }),
    'one.document.delete': method(['int'], (user, id) => {
      authorize(user, 'MANAGE', 'DOCUMENT', unlocked(id, user.id))
      documents.delete(id)
      return id
    }),
    'one.document.lock': method(['int', 'int', 'bool'], (user, id) => {
      authorize(user, 'MANAGE', 'DOCUMENT', documents.get(id))
      documents.get(id).locked = true
      return id
    }),
    'one.document.unlock': method(['int'], (user, id) => {
      authorize(user, 'MANAGE', 'DOCUMENT', documents.get(id))
      documents.get(id).locked = false
      return id
    }),
    ...rightsMethods('document', 'DOCUMENT', documents, cloud.users),
    'one.documentpool.info': method(['int', 'int', 'int', 'int'], (user, _f, _s, _e, type) =>
      wrapped(
        'DOCUMENT_POOL',
        documents
          .newestFirst()
          .filter((one) => one.type === type && may(user, 'USE', one))
          .map((one) => documentXml(cloud, one, false))
          .join(''),
      ),
    ),
  }
}

function documentXml(cloud: Cloud, document: Document, decrypt: boolean): string {
  const template = document.template.copy()
  const body = template.text(encrypted)
  if (body !== undefined && !decrypt) template.set(encrypted, encrypt(body))
  return wrapped(
    'DOCUMENT',
    plain('ID', document.id) +
      ownerXml(document, cloud.users) +
      plain('NAME', document.name) +
      plain('TYPE', document.type) +
      permissionsXml(document) +
      template.xml(),
  )
}

/** Base64 of a block cipher without IV, as oned's looks: equal beginnings give equal beginnings. */
function encrypt(text: string): string {
  const cipher = createCipheriv('aes-256-ecb', Buffer.alloc(32, 7), null)
  return Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]).toString('base64')
}
