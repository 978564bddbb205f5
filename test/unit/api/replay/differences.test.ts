import t from 'tap'
import { recorded } from '../support.ts'
import { compare } from './differences.ts'
import { tells } from './rows.ts'

const name = 'provision-show'
const then = recorded(name)
const changed = (from: string, to: string) => {
  if (!then.text.includes(from)) throw new Error(`${from} is not recorded`)
  return { ...then, text: then.text.replace(from, to) }
}
const paths = (here: typeof then) => compare(name, then, here).map(({ path }) => path)

t.test('an answer is compared with the recorded one', async (t) => {
  t.test('by status, media type, members, types and values', async (t) => {
    t.same(paths(then), [])
    t.same(paths({ ...then, status: 202 }), ['status'])
    t.same(paths({ ...then, type: 'text/html' }), ['type'])
    t.same(paths({ ...then, text: 'nothing' }), ['text'])
    t.same(paths(changed('"provider_id":3,', '')), ['provider_id'])
    t.same(paths(changed('"provider_id":3', '"provider_id":"3"')), ['provider_id'])
    t.same(paths(changed('"state":"RUNNING"', '"state":"DONE"')), ['state'])
    t.same(paths(changed('"OWNER_M":"1"', '"OWNER_M":"0"')), ['PERMISSIONS.OWNER_M'])
    t.same(paths(changed('"vn_mad":"elastic"', '"vn_mad":"bridge"')), [
      'one_objects.networks.public_scaleway_network.template.vn_mad',
    ])
    t.same(paths(changed('"action":"Resource provisioned"', '"action":"Sold"')), ['historic.Sold'])
  })
  t.test('but not by ids, times, names and what was asked for', async (t) => {
    for (const [from, to] of [
      ['"ID":"5"', '"ID":"77"'],
      ['"time":1795335365', '"time":1'],
      ['"registration_time":1795335365', '"registration_time":1'],
      ['"oneform_hosts":2', '"oneform_hosts":9'],
      ['(provision_5)', '(provision_42)'],
    ] as const)
      t.same(paths(changed(from, to)), [], from)
  })
  t.test('and a row of the page tells of a place, or of all below it', async (t) => {
    const difference = {
      recording: 'drivers',
      path: 'Scaleway.connection.zone',
      ...{ recorded: 1, here: 2 },
    }
    for (const token of ['drivers:Scaleway.connection.zone', 'drivers:Scaleway', '*:*connection'])
      t.ok(tells(token, difference), token)
    for (const token of ['driver:Scaleway', 'drivers:Scale', 'drivers:*zon', 'drivers:zone', '*:x'])
      t.notOk(tells(token, difference), token)
  })
})
