import t from 'tap'
import { shell } from './support.ts'

t.test('driver sync says nothing, or what of which driver is missing', async (t) => {
  const it = await shell(t)
  t.match(await it.edgectl('driver sync'), { code: 0, stdout: '', stderr: '' })
  it.play.missing = 'There is no plug-in in /usr/lib/edgectl/elastic'
  t.match(await it.edgectl('driver sync'), {
    code: 1,
    stderr:
      'These drivers could not be read: scaleway (There is no plug-in in /usr/lib/edgectl/elastic)\n',
  })
})
