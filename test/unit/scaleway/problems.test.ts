import t from 'tap'
import { fault as hardwareFault } from '../../../controller/scaleway/faults.ts'
import { accessInput, createProblems } from '../../../controller/scaleway/problems.ts'
import type { Fault } from '../../../lib/fault/index.ts'
import { cloudFault } from '../../../lib/scaleway/index.ts'

const empty = hardwareFault('EDGE_OFFER_EMPTY', 'none left')
const unknown = hardwareFault('EDGE_OFFER_UNKNOWN', 'no such offer', { hint: 'It sells a, b.' })
const denied = (what: string) => cloudFault('EDGE_CLOUD_DENIED', `may not read ${what}`)

const refusal = async (...found: [input: string, fault: Fault][]): Promise<Fault | undefined> => {
  const problems = createProblems()
  for (const [input, one] of found)
    await problems.look(input, () => {
      throw one
    })
  try {
    problems.refuse()
    return undefined
  } catch (error) {
    return error as Fault
  }
}

t.test('without anything in the way nothing is refused', async (t) => {
  const problems = createProblems()
  t.equal(await problems.look('instance_type', async () => 7), 7)
  problems.refuse()
})

t.test('one problem is told as itself, under the input it is about', async (t) => {
  t.equal(await refusal(['instance_type', empty]), empty, 'no input is wrong, there is no stock')
  t.match(await refusal(['instance_type', unknown]), {
    code: 'EDGE_OFFER_UNKNOWN',
    details: { context: { instance_type: ['no such offer — It sells a, b.'] } },
  })
})

t.test('several are told together, by input', async (t) => {
  const told = await refusal(
    ['instance_type', empty],
    ['cidr_block', unknown],
    ['instance_type', unknown],
  )
  t.match(told, {
    code: 'EDGE_PLAN_REFUSED',
    message: /^3 things are in the way: none left .*; no such offer .*; no such offer/,
    details: { context: { instance_type: [/none left/, /no such/], cidr_block: [/no such/] } },
  })
})

t.test('a look that lacks a right is not told beside the list of all rights', async (t) => {
  const told = await refusal(
    ['instance_type', denied('offers')],
    [accessInput, denied('servers, SSH keys')],
  )
  t.match(told, { code: 'EDGE_CLOUD_DENIED', message: 'may not read servers, SSH keys' })
})

t.test('what says nothing about the request ends the looking at once', async (t) => {
  const problems = createProblems()
  for (const one of [
    cloudFault('EDGE_CLOUD_ANSWER_LOST', 'no answer'),
    cloudFault('EDGE_CLOUD_CREDENTIALS', 'unknown key'),
    new TypeError('a bug'),
  ])
    await t.rejects(
      problems.look('instance_type', () => {
        throw one
      }),
      one,
    )
  problems.refuse()
})
