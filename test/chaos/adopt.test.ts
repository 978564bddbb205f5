import t from 'tap'
import { adopt, adoptable } from './provision/adopt.ts'
import { runStories } from './provision/run.ts'
import { record } from './provision/story.ts'

t.test('wherever the controller dies, a stock provision is taken over whole', async (t) => {
  await runStories(t, [await record(adopt, await adoptable())], {
    every: Number(process.env['EVERY'] ?? 3),
    deaths: Number(process.env['DEATHS'] ?? 4),
  })
})
