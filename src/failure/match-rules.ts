import type { Failure, FailureClass, FailureRule, FailureScope } from './failure.js';
import { RULES } from './rules/all.js';
import type { BuiltInRule } from './rules/built-in-rule.js';

/** On whom a failure acts where its rule does not say. */
export const SCOPES: Readonly<Record<FailureClass, FailureScope>> = {
  ok: 'none',
  rate_limited: 'group',
  overloaded: 'host',
  server_error: 'host',
  quota_exhausted: 'group',
  budget_exceeded: 'key',
  invalid_key: 'key',
  forbidden: 'none',
  bad_request: 'none',
};

/** All that the rules look at. */
export interface Signs {
  /** In lower case; empty where nobody told it. */
  readonly provider: string;
  /** Of the response, or of the error that the body of a success holds. */
  readonly status: number;
  readonly codes: readonly string[];
  readonly text: string;
  /** Whether the body names the provider upstream whose error it passes on. */
  readonly isRelayed: boolean;
}

export interface Finding extends Pick<Failure, 'class' | 'confidence' | 'code'> {
  readonly rule?: FailureRule;
  /** By a rule of the user's, whose class is not refined. */
  readonly isOwn?: boolean;
}

/** The first built-in rule that holds. */
export function byBuiltInRules(signs: Signs): Finding | undefined {
  return first(RULES, signs);
}

/** The first of the user's rules that holds; one that cannot be asked is passed over. */
export function byOwnRules(rules: unknown, signs: Signs): Finding | undefined {
  if (!Array.isArray(rules)) return undefined;
  for (const candidate of rules) {
    try {
      const rule = usable(candidate);
      const finding = rule === undefined ? undefined : first([rule], signs);
      if (finding !== undefined) return { ...finding, isOwn: true };
    } catch {
      // A getter or an expression threw: the next rule may hold.
    }
  }
  return undefined;
}

function first(rules: readonly BuiltInRule[], signs: Signs): Finding | undefined {
  for (const rule of rules) {
    if (!isApplicable(rule, signs)) continue;
    const { codes, codePattern, text, when } = rule;
    const code = signs.codes.find(
      (each) => codes?.includes(each.toLowerCase()) === true || codePattern?.test(each) === true,
    );
    if (code !== undefined) return { class: rule.class, confidence: 'structured', code, rule };
    const isSaid = text?.test(signs.text) === true || when?.(signs.text) === true;
    if (isSaid) return { class: rule.class, confidence: 'text', rule };
    const isStatusOnly = !codes && !codePattern && !text && !when;
    if (isStatusOnly) return { class: rule.class, confidence: 'status', rule };
  }
  return undefined;
}

function isApplicable(rule: BuiltInRule, { status, provider, isRelayed }: Signs): boolean {
  if (rule.isRelayed === true && !isRelayed) return false;
  if (rule.statuses?.includes(status) === false) return false;
  if (status >= (rule.below ?? Infinity)) return false;
  if (rule.exceptProviders?.includes(provider) === true) return false;
  return rule.providers?.includes(provider) !== false;
}

/** A rule of the user's as the built-in ones are written; nothing of one that makes no sense. */
function usable(rule: FailureRule): FailureRule | undefined {
  const { class: failureClass, scope, allModels, codes, text, statuses, providers, waitMs } = rule;
  const isKnown =
    Object.hasOwn(SCOPES, failureClass) &&
    (scope === undefined || Object.values(SCOPES).includes(scope));
  if (!isKnown) return undefined;
  return {
    class: failureClass,
    ...(scope === undefined ? {} : { scope }),
    ...(allModels === true ? { allModels } : {}),
    ...(codes === undefined ? {} : { codes: codes.map((code) => code.toLowerCase()) }),
    ...(text === undefined ? {} : { text: stateless(text) }),
    ...(statuses === undefined ? {} : { statuses }),
    ...(providers === undefined ? {} : { providers: providers.map((name) => name.toLowerCase()) }),
    ...(waitMs === undefined ? {} : { waitMs }),
  };
}

/** `g` and `y` would make an answer depend on the one before. */
function stateless(text: RegExp): RegExp {
  if (!text.global && !text.sticky) return text;
  return new RegExp(text.source, text.flags.replace(/[gy]/g, ''));
}
