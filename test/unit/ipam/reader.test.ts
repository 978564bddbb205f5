// The drivers read XML by a page of their own; the full parser says whether it reads the same.
import t from 'tap'
import { readDocument } from '../../../ipam/wire/read-document.ts'
import { parseXml, type XmlNode } from '../../../lib/opennebula/index.ts'
import { mutated } from './fuzz/mutate.ts'
import { messages } from './messages.ts'

const { FUZZ_SEED } = process.env
const seed = Number(FUZZ_SEED ?? 20_261_130)
const count = 10_000

/** The tree, or undefined where it is refused as no XML. */
function read(parser: (text: string) => XmlNode, text: string): XmlNode | undefined {
  try {
    return parser(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

t.test('every recorded message is read as the full parser reads it', async (t) => {
  for (const { name, xml } of messages) t.strictSame(readDocument(xml), parseXml(xml), name)
})

t.test('what it reads of damaged messages, the full parser reads alike', async (t) => {
  let alike = 0
  let refused = 0
  let stricter = 0
  for (let number = 0; number < count; number++) {
    const text = Buffer.from(mutated(seed, number).input, 'base64').toString('utf8')
    const own = read(readDocument, text)
    const full = read(parseXml, text)
    if (own === undefined && full === undefined) refused++
    else if (own === undefined) stricter++
    else if (JSON.stringify(own) === JSON.stringify(full)) alike++
    else t.strictSame(own, full, `FUZZ_SEED=${seed}, number ${number}: ${text.slice(0, 2_000)}`)
  }
  t.comment(`read alike ${alike}, refused by both ${refused}, only by the drivers' ${stricter}`)
  // Of each there must be some, else nothing was compared.
  t.ok(alike > count / 4 && refused > count / 50, `${alike} and ${refused} of ${count}`)
})

t.test('what oned never writes is refused, though XML has it', async (t) => {
  for (const text of [
    '<A b="c"/>',
    '<?xml version="1.0"?><A/>',
    '<A><!-- said --></A>',
    '<!DOCTYPE A [<!ENTITY e "x">]><A>&e;</A>',
  ]) {
    t.throws(() => readDocument(text), SyntaxError, text)
  }
})
