import t from 'tap'
import { tellWrittenOver } from '../../../controller/assembly/written-over.ts'
import { silent } from '../../../lib/log/index.ts'

t.test('who follows a provision is told that another server has written over it', async (t) => {
  const told: unknown[] = []
  const tell = (...said: unknown[]) => void told.push(said)
  tellWrittenOver({ id: 7, type: 103 }, silent, tell)
  t.strictSame(told, [], 'a provider is no provision')
  tellWrittenOver({ id: 5, type: 104 }, silent, tell)
  t.match(told, [[5, 'error', /document over that of provision 5.*provision adopt 5$/]])
})
