import t from 'tap'
import type { Client } from '../../../controller/cli/client.ts'
import { idOf, idsOf, mustBeName } from '../../../controller/cli/items.ts'

const documents = [
  { ID: '7', NAME: 'paris' },
  { ID: '8', NAME: 'twin' },
  { ID: '9', NAME: 'twin' },
  { ID: '12', NAME: 'red, green' },
  { ID: '13', NAME: 'a..b' },
]
/** Only with `all`, as provisions that are done. */
const gone = [
  { ID: '4', NAME: 'paris' },
  { ID: '5', NAME: 'old' },
]

/** A client that knows these documents, and the paths it was asked. */
function knowing() {
  const asked: string[] = []
  const call = async (_method: string, path: string) => {
    asked.push(path)
    return path.endsWith('all=true') ? [...documents, ...gone] : documents
  }
  return { asked, client: { call, stream: call } as unknown as Client }
}

t.test('ids, lists and ranges need nobody to be asked', async (t) => {
  const { asked, client } = knowing()
  t.strictSame(await idsOf(client, 'provider', '7'), ['7'])
  t.strictSame(await idsOf(client, 'provider', '9, 7,9'), ['9', '7'])
  t.strictSame(await idsOf(client, 'provider', '7..9,12'), ['7', '8', '9', '12'])
  t.strictSame(asked, [])
})

t.test('nothing is given a name that reads like ids', async (t) => {
  for (const name of ['12', '7,8', '7..9', ' 7 '])
    t.throws(() => mustBeName('provision', name), { message: /reads like ids/, exitCode: 2 }, name)
  for (const name of ['edge 12', 'a..b', '12a', '', undefined, 7])
    t.doesNotThrow(() => mustBeName('provision', name), `${name}`)
})

t.test('a name is the object that has it, also among ids', async (t) => {
  const { asked, client } = knowing()
  t.strictSame(await idsOf(client, 'provider', 'paris,9,paris'), ['7', '9'])
  t.strictSame(asked, ['/providers'], 'the list is read once')
  t.strictSame(await idsOf(client, 'provider', 'red, green'), ['12'])
  t.strictSame(await idsOf(client, 'provider', 'a..b'), ['13'])
})

t.test(
  'a name that is in use means the living provision, any other the one that was',
  async (t) => {
    const { client } = knowing()
    t.strictSame(await idsOf(client, 'provision', 'paris'), ['7'])
    t.strictSame(await idsOf(client, 'provision', 'old'), ['5'])
  },
)

t.test('what cannot be meant is refused in a sentence', async (t) => {
  const { client } = knowing()
  const refused = (text: string, message: string) =>
    t.rejects(idsOf(client, 'provision', text), { exitCode: 2, message })
  await refused('twin', '2 provisions are named "twin": 8, 9; say which by its id')
  await refused('nobody', 'There is no provision named "nobody"; see edgectl provision list')
  await refused('9..7', 'The range 9..7 ends before it begins')
  await refused('1..9999', 'The range 1..9999 has more than 1000 ids')
  await refused(' , ', 'Say which provision, by its id or name')
  const one = idOf(client, 'provision', '7,8')
  await t.rejects(one, { message: '"7,8" is more than one provision; this command takes one' })
})
