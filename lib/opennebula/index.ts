export {
  allAt,
  integerAt,
  templateFrom,
  textAt,
  vectorFrom,
  type XmlNode,
} from './node.ts'
export {
  type Attribute,
  renderTemplate,
  scalarOf,
  type Template,
  type TemplateInput,
  type Vector,
  vectorOf,
  vectorsOf,
} from './template.ts'
export { parseXml } from './xml.ts'
