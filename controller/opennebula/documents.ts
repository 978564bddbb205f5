import { allAt, integerAt, type XmlNode } from '../../lib/opennebula/index.ts'
import type { Caller } from './caller.ts'
import { unlessGone } from './faults.ts'
import type { BodyAttribute, Document } from './objects.ts'
import type { Documents } from './opennebula.ts'
import { idOf, nameOf, ownerOf, permissionsOf } from './read.ts'
import { rightsOf } from './rights.ts'
import { escapeXml } from './wire.ts'

const attributes: readonly BodyAttribute[] = ['PROVIDER_BODY', 'PROVISION_BODY']

/**
 * oned decrypts for its administrators only. So for a user's session the body of a document that
 * the user may read is read once more through `admin`, the session that `as` was called on.
 */
export function documentsOf(caller: Caller, admin: Caller = caller): Documents {
  const read = async (by: Caller, id: number) =>
    readDocument(await by.read('one.document.info', id, true))
  const get = async (id: number) => {
    const document = await read(caller, id)
    const sealed = document.attribute !== null && document.body === undefined
    return sealed && admin !== caller
      ? { ...document, body: (await read(admin, id)).body }
      : document
  }
  return {
    async list(type) {
      const pool = await caller.read('one.documentpool.info', -2, -1, -1, type)
      const documents = allAt(pool, 'DOCUMENT').map(readDocument)
      // The pool never decrypts, so encrypted bodies are read one by one.
      const complete = documents.map((one) =>
        one.attribute !== null && one.body === undefined ? unlessGone(get(one.id)) : one,
      )
      const present = (await Promise.all(complete)).filter((one) => one !== undefined)
      return present.sort((a, b) => a.id - b.id)
    },
    get,
    create: (type, name, attribute, body) =>
      caller.change(
        'one.document.allocate',
        `<TEMPLATE><NAME>${escapeXml(name)}</NAME>${bodyElement(attribute, body)}</TEMPLATE>`,
        type,
      ),
    async update(id, attribute, body) {
      const template = `<TEMPLATE>${bodyElement(attribute, body)}</TEMPLATE>`
      await caller.change('one.document.update', id, template, replace)
    },
    async rename(id, name) {
      await caller.change('one.document.rename', id, name)
    },
    ...rightsOf(caller, 'document'),
    async delete(id) {
      await caller.change('one.document.delete', id)
    },
  }
}

const replace = 0

export function readDocument(node: XmlNode): Document {
  const held = attributes
    .map((name) => ({ name, element: allAt(node, 'TEMPLATE', name)[0] }))
    .find(({ element }) => element !== undefined)
  return {
    id: idOf(node),
    name: nameOf(node),
    type: integerAt(node, ['TYPE'], -1),
    owner: ownerOf(node),
    permissions: permissionsOf(node),
    attribute: held?.name ?? null,
    body: jsonOrNothing(held?.element?.text),
  }
}

function jsonOrNothing(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * JSON in CDATA. oned keeps the first text node only and writes CDATA back unescaped, so `]]>` must
 * not occur at all; in JSON it can only stand inside a string, where `\u003e` means the same.
 */
function bodyElement(attribute: BodyAttribute, body: unknown): string {
  const json = JSON.stringify(body)
    .replaceAll(']]>', ']]\\u003e')
    .replaceAll('\ufffe', '\\ufffe')
    .replaceAll('\uffff', '\\uffff')
  return `<${attribute}><![CDATA[${json}]]></${attribute}>`
}
