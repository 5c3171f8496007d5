import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { ChaosExperiment } from '../../src/api/v1alpha1/chaos-experiment.generated.ts';
import { chaosExperimentSchema } from '../../src/api/v1alpha1/chaos-experiment-schema.generated.ts';
import type { SafetyPolicy } from '../../src/api/v1alpha1/safety-policy.generated.ts';
import { safetyPolicySchema } from '../../src/api/v1alpha1/safety-policy-schema.generated.ts';
import { KUBERNETES_KEYWORDS } from '../../src/api/v1alpha1/schema-keywords.ts';
import type { Cause } from '../review.ts';

/** The object, or why it is none; the API server checks its own requests, but not everybody is the API server. */
export type Parsed<T> =
  | { readonly kind: 'object'; readonly object: T }
  | { readonly kind: 'malformed'; readonly causes: readonly Cause[] };

/** So many say what is wrong; a body of megabytes can be wrong in as many places. */
const MAX_CAUSES = 10;

/** The defaults of the schema are filled in, as the API server does before it asks. */
const ajv = new Ajv({ strict: true, strictTypes: false, coerceTypes: false, useDefaults: true });
ajv.addFormat('date-time', true);
ajv.addVocabulary([...KUBERNETES_KEYWORDS]);
const validateExperiment = ajv.compile(chaosExperimentSchema);
const validatePolicy = ajv.compile(safetyPolicySchema);

export const parseExperiment = (value: unknown) =>
  parse<ChaosExperiment>(validateExperiment, value);

export const parsePolicy = (value: unknown) => parse<SafetyPolicy>(validatePolicy, value);

function parse<T>(validate: ValidateFunction, value: unknown): Parsed<T> {
  const object = structuredClone(value);
  if (validate(object)) return { kind: 'object', object: object as T };
  return { kind: 'malformed', causes: (validate.errors ?? []).slice(0, MAX_CAUSES).map(cause) };
}

function cause({ instancePath, message = '', params }: ErrorObject): Cause {
  const field = instancePath.split('/').slice(1).join('.') || '.';
  const extra = (params as { additionalProperty?: string }).additionalProperty;
  return {
    reason: 'FieldValueInvalid',
    field,
    message: extra === undefined ? message : `unknown field "${extra}"`,
  };
}
