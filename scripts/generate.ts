import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { load } from 'js-yaml';
import { compile, type JSONSchema } from 'json-schema-to-typescript';

/** A node of a structural schema, or of the JSON Schema made from it. */
interface Schema {
  title?: string;
  description?: string;
  type?: string | string[];
  enum?: unknown[];
  default?: unknown;
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  anyOf?: Schema[];
  tsType?: string;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-validations'?: { rule: string; reason?: string }[];
  [keyword: string]: unknown;
}

interface CustomResourceDefinition {
  spec: {
    group: string;
    scope: 'Namespaced' | 'Cluster';
    names: { kind: string };
    versions: { name: string; storage: boolean; schema: { openAPIV3Schema: Schema } }[];
  };
}

/** A source, relative to the project's root, and what is made of it: the types and the schema of one kind. */
interface Source {
  readonly crd: string;
  readonly types: string;
  readonly schema: string;
}

export const SOURCES: readonly Source[] = [
  {
    crd: 'config/crd/chaosexperiments.squall.dev.yaml',
    types: 'src/api/v1alpha1/chaos-experiment.generated.ts',
    schema: 'src/api/v1alpha1/chaos-experiment-schema.generated.ts',
  },
  {
    crd: 'config/crd/safetypolicies.squall.dev.yaml',
    types: 'src/api/v1alpha1/safety-policy.generated.ts',
    schema: 'src/api/v1alpha1/safety-policy-schema.generated.ts',
  },
];

/** What Squall uses of metav1.ObjectMeta; a CRD may not describe `metadata` itself. */
const OBJECT_META: Schema = {
  title: 'ObjectMeta',
  description: 'What Kubernetes itself keeps about an object, as far as Squall uses it.',
  type: 'object',
  properties: {
    name: { type: 'string' },
    namespace: { type: 'string' },
    uid: { type: 'string' },
    resourceVersion: { type: 'string' },
    generation: { type: 'integer' },
    creationTimestamp: { type: 'string', format: 'date-time' },
    deletionTimestamp: { type: 'string', format: 'date-time' },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    annotations: { type: 'object', additionalProperties: { type: 'string' } },
    finalizers: { type: 'array', items: { type: 'string' } },
  },
};
const WRITTEN_META: Schema = { ...OBJECT_META, required: ['name'], additionalProperties: true };
const SERVED = ['name', 'uid', 'resourceVersion', 'generation', 'creationTimestamp'];

/** The node with every schema below it replaced by `change`, children first. */
function rewrite(schema: Schema, change: (schema: Schema) => Schema): Schema {
  const children = (map: Record<string, Schema>) =>
    Object.fromEntries(Object.entries(map).map(([name, child]) => [name, rewrite(child, change)]));
  return change({
    ...schema,
    ...(schema.properties && { properties: children(schema.properties) }),
    ...(schema.items && { items: rewrite(schema.items, change) }),
    ...(typeof schema.additionalProperties === 'object' && {
      additionalProperties: rewrite(schema.additionalProperties, change),
    }),
  });
}

/** The properties whose presence a CEL rule demands, so that the refusal can say what they take. */
function demanded(schema: Schema): string[] {
  return (schema['x-kubernetes-validations'] ?? [])
    .filter(({ reason }) => reason === 'FieldValueRequired')
    .map(({ rule }) => {
      const name = /^has\(self\.(\w+)\)$/.exec(rule)?.[1];
      if (name === undefined)
        throw new Error(`a rule with reason FieldValueRequired must be has(self.NAME): ${rule}`);
      return name;
    });
}

/**
 * The JSON Schema of what a user may write: CRD keywords stay (as annotations for ajv), objects
 * are closed as under the API server's strict field validation, presence rules become `required`.
 */
function toJsonSchema(structural: Schema): Schema {
  return rewrite(structural, (schema) => {
    const required = [...(schema.required ?? []), ...demanded(schema)];
    return {
      ...schema,
      ...(required.length > 0 && { required }),
      ...(schema.properties && { additionalProperties: schema.additionalProperties ?? false }),
      ...(schema['x-kubernetes-int-or-string'] && {
        anyOf: [{ type: 'integer' }, { type: 'string' }],
      }),
    };
  });
}

/**
 * The schema of what the API server serves: a property with a default is always there. A title
 * that occurs again must mean the same and becomes a mention of the first type of that name.
 */
function toTypeSchema(jsonSchema: Schema): Schema {
  const shapes = new Map<string, string>();
  const shapeOf = (schema: Schema) =>
    JSON.stringify(
      rewrite(
        schema,
        ({ description: _d, default: _v, 'x-kubernetes-validations': _r, ...shape }) => shape,
      ),
    );
  const served = ({ default: _v, ...schema }: Schema): Schema => {
    const { title, description = '', properties = {} } = schema;
    if (title !== undefined) {
      const known = shapes.get(title);
      if (known === undefined) shapes.set(title, shapeOf(schema));
      else if (known === shapeOf(schema)) return { description, tsType: title };
      else throw new Error(`two different schemas have the title ${title}`);
    }
    const names = Object.keys(properties);
    const required = names.filter(
      (name) => schema.required?.includes(name) || 'default' in (properties[name] ?? {}),
    );
    return {
      ...schema,
      ...(schema.properties && {
        required,
        properties: Object.fromEntries(
          Object.entries(properties).map(([name, child]) => [name, served(child)]),
        ),
      }),
      ...(schema.items && { items: served(schema.items) }),
    };
  };
  return served(jsonSchema);
}

/** The generated files, by path relative to the project's root. Throws where the CRD breaks a rule that this file states. */
export async function generate(
  { crd, types, schema }: Source,
  crdYaml: string,
): Promise<Record<string, string>> {
  const { spec } = load(crdYaml) as CustomResourceDefinition;
  const { kind } = spec.names;
  const version = spec.versions.find(({ storage }) => storage);
  if (version === undefined) throw new Error(`${crd} has no storage version`);
  const root = structuredClone(version.schema.openAPIV3Schema);
  root.required = ['apiVersion', 'kind', 'metadata'];
  root.properties = {
    ...root.properties,
    apiVersion: { ...root.properties?.['apiVersion'], enum: [`${spec.group}/${version.name}`] },
    kind: { ...root.properties?.['kind'], enum: [kind] },
    metadata: WRITTEN_META,
  };
  const jsonSchema = toJsonSchema(root);
  const served = spec.scope === 'Namespaced' ? [...SERVED, 'namespace'] : SERVED;
  const servedSchema = {
    ...jsonSchema,
    properties: { ...jsonSchema.properties, metadata: { ...OBJECT_META, required: served } },
  };
  const banner = `// Generated from ${crd} by scripts/generate.ts. Edit that file and run \`npm run generate\`.`;
  const interfaces = await compile(toTypeSchema(servedSchema) as JSONSchema, kind, {
    bannerComment: `${banner}\n// These are objects as the API server serves them: a field with a default is always there.`,
    ignoreMinAndMaxItems: true,
    additionalProperties: false,
    style: { singleQuote: true, printWidth: 100 },
  });
  const constant = `${kind.charAt(0).toLowerCase()}${kind.slice(1)}Schema`;
  return {
    [types]: interfaces,
    [schema]:
      `${banner}\n\n/** The JSON Schema of a ${kind} as a user may write it. */\n` +
      `export const ${constant} = ${JSON.stringify(jsonSchema, null, 2)} as const;\n`,
  };
}

/** All generated files of the sources as they are in `root`. */
export async function generateAll(root = '.'): Promise<Record<string, string>> {
  const files = await Promise.all(
    SOURCES.map(async (source) => generate(source, await readFile(join(root, source.crd), 'utf8'))),
  );
  return Object.assign({}, ...files) as Record<string, string>;
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(await generateAll())) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}
