import { Ajv } from 'ajv';
import { loadAll } from 'js-yaml';
import { safetyPolicySchema } from '../api/v1alpha1/safety-policy-schema.generated.ts';
import type { SafetyPolicy } from '../api/v1alpha1/safety-policy.generated.ts';
import { KUBERNETES_KEYWORDS, LIST_TYPE } from '../api/v1alpha1/schema-keywords.ts';
import { policyFaults } from '../domain/safety/policy-faults.ts';

/** A policy as a person writes it. */
export type WrittenPolicy = Pick<SafetyPolicy, 'apiVersion' | 'kind' | 'spec'> & {
  readonly metadata: { readonly name: string };
};

const ajv = new Ajv({ strict: true, strictTypes: false, coerceTypes: false });
ajv.addFormat('date-time', true);
ajv.addVocabulary(KUBERNETES_KEYWORDS.filter((keyword) => keyword !== LIST_TYPE));
ajv.addKeyword({
  keyword: LIST_TYPE,
  macro: (type: unknown) => (type === 'set' ? { uniqueItems: true } : {}),
});
const validate = ajv.compile<WrittenPolicy>(safetyPolicySchema);

/**
 * The SafetyPolicies of a YAML or JSON text: one a document, or lists of them; an empty list is no policy. Throws a
 * TypeError that says in which one of them (of which `file`) what is wrong, and what it takes.
 */
export function parsePolicies(file: string, text: string): readonly WrittenPolicy[] {
  try {
    const policies = documentsOf(text).flat().map(checked);
    const names = policies.map(({ metadata }) => metadata.name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new TypeError(`has two policies ${twice}: takes one of a name`);
    return policies;
  } catch (error) {
    throw new TypeError(`${file}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function documentsOf(text: string): unknown[] {
  let documents: unknown[];
  try {
    documents = loadAll(text);
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new TypeError(`takes YAML or JSON: ${reason}`, { cause: error });
  }
  // A file that was cut off, or never filled, must not stand for "no limits but the defaults".
  if (documents.every((document) => document === null || document === undefined)) {
    throw new TypeError(
      'holds no policy: takes SafetyPolicy documents, or [] for the defaults alone',
    );
  }
  return documents;
}

function checked(document: unknown, index: number): WrittenPolicy {
  const fail = (field: string, message: string): never => {
    throw new TypeError(`policy ${nameOf(document) ?? index + 1}: ${field}: ${message}`);
  };
  if (!validate(document)) {
    const [first] = validate.errors ?? [];
    const extra = (first?.params as { additionalProperty?: string } | undefined)
      ?.additionalProperty;
    const field = first?.instancePath.slice(1).replaceAll('/', '.') || 'document';
    return fail(field, extra === undefined ? (first?.message ?? '') : `has no field ${extra}`);
  }
  for (const { field, message } of policyFaults(document.spec)) fail(field, message);
  return document;
}

function nameOf(document: unknown): string | undefined {
  const name = (document as { metadata?: { name?: unknown } } | null)?.metadata?.name;
  return typeof name === 'string' ? name : undefined;
}
