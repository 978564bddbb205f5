import type { RouteDocs } from './route-doc.ts'

const answers = { 204: null }
const errors = [400, 403, 404, 405]

/** Owner, group and permission bits, alike for both kinds of documents. */
export function rights(tag: 'Providers' | 'Provisions'): RouteDocs {
  const path = `/${tag.toLowerCase()}/:id`
  const what = tag.toLowerCase().slice(0, -1)
  return {
    [`POST ${path}/chmod`]: {
      ...{ tag, answers, errors, summary: `Change the permissions of a ${what}` },
      description: 'Use 4, manage 2, admin 1 for owner, group and others; oned decides who may.',
      request: { octet: '640' },
    },
    [`POST ${path}/chown`]: {
      ...{ tag, answers, errors, summary: `Change the owner of a ${what}` },
      description: 'And its group, unless that is left out or null; oned decides who may.',
      request: { owner_id: 2, group_id: null },
    },
    [`POST ${path}/chgrp`]: {
      ...{ tag, answers, errors, summary: `Change the group of a ${what}` },
      description: 'By the id of a group in OpenNebula; oned decides who may.',
      request: { group_id: 100 },
    },
  }
}
