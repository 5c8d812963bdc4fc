import { anyOf } from '../core/any-of.js';

/** Nouns for a part of a request. */
const PART = [
  'values?|types?|enum|literals?|variants?|formats?|schemas?|json|input|strings?|numbers?',
  'arguments?|parameters?|params?|fields?|propert(?:y|ies)|identifiers?|names?',
  'roles?|models?|tools?|functions?',
].join('|');

const FAULTY =
  'invalid|unknown|unrecogni[sz]ed|unsupported|malformed|duplicate|missing|not (?:an? )?valid';

/** What only somebody says who checks a request: also within the error that a gateway quotes. */
export const COMPLAINT = anyOf(
  // "must be one of …", "should match pattern …", "must have at least …"
  /\b(?:should|must|has to) (?:not )?(?:match|contain|start|end|have (?:at|no|length))\b/i,
  /\b(?:should|must|has to) (?:not )?be (?:an?|one|of|in|at|less|greater|shorter|longer|between|either)\b/i,
  /\b(?:should|must|has to) (?:not )?be ["'`]\b/i,
  // "Invalid enum value", "Unrecognized request argument", "missing required parameter"
  new RegExp(String.raw`\b(?:${FAULTY}) (?:\w{1,20} ){0,1}(?:${PART})\b`, 'i'),
  /\binvalid ["'`]|\binput_value=|\bunexpected (?:token|character|end)\b|\bwas unexpected\b/i,
  /\bis not (?:of type|one of|an? )|\b(?:does not|doesn't|did not) match\b/i,
  /\bexpected (?:an?|one|type|string|number|object|array|["'`])/i,
  /\bvalidation errors?\b|\b(?:pars|deseriali[sz]|decod|unmarshal)(?:e|ing)\b/i,
);
