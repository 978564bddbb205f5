import { Args } from '@oclif/core'
import type { Client } from './client.ts'
import { type Done, each } from './each.ts'
import { badRequest, Failure } from './failure.ts'
import { idsOf, type Kind } from './items.ts'

export const octetArgument = Args.string({
  description: 'rights of owner, group and others, as 640: use 4, manage 2, administer 1',
  required: true,
  parse: async (text) => {
    if (/^[0-7]{3}$/.test(text)) return text
    throw new Failure(`"${text}" is no mode like 640`, badRequest)
  },
})

export const userArgument = Args.string({
  description: 'id or name of the user',
  required: true,
})

export const groupArgument = Args.string({
  description: 'id or name of the group',
  required: true,
})

/** One of the three calls that change whose something is; `body` is the same for each. */
export async function changeRights(
  client: Client,
  kind: Kind,
  selection: string,
  { route, body }: { readonly route: 'chmod' | 'chown' | 'chgrp'; readonly body: object },
): Promise<Done> {
  const ids = await idsOf(client, kind, selection)
  return await each(kind, ids, (id) => client.call('POST', `/${kind}s/${id}/${route}`, body))
}
