import t from 'tap'
import { call, type DocumentAnswer, makeProvider, open } from './calls.ts'

t.test(
  'what must come for a provision to run is kept with it, and never shown as OneForm’s',
  async (t) => {
    const it = open(t)
    const provider_id = await makeProvider(it)
    const create = (more: object) =>
      call(it, 'POST /api/v1/provisions', {
        ...{ driver: 'scaleway', provider_id, user_inputs_values: { oneform_hosts: 3 } },
        ...more,
      })
    const { status, text } = await create({ min_hosts: 2, atomic: true })
    t.equal(status, 201)
    t.notMatch(text, /min_hosts|atomic/)
    const { DOCUMENT } = JSON.parse(text) as DocumentAnswer
    const { body } = await it.documents.provisions.get(Number(DOCUMENT.ID))
    t.match(body, { min_hosts: 2, atomic: true })

    const wrong: [object, RegExp][] = [
      [{ min_hosts: 4 }, /"min_hosts":\["must not be more than oneform_hosts, which is 3"\]/],
      [{ min_hosts: 0 }, /min_hosts/],
      [{ atomic: 'yes' }, /`atomic` must be a boolean value/],
    ]
    for (const [more, answer] of wrong)
      t.match(await create(more), { status: 400, text: answer }, JSON.stringify(more))
    t.equal(it.asked.length, 1)
  },
)
