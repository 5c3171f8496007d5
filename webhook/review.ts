import { clip } from './clip.ts';
import { ReviewFailure } from './failure.ts';

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

export interface UserInfo {
  readonly username: string;
  readonly uid?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** Closed list. */
export const operations = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const;
export type Operation = (typeof operations)[number];

/** What the API server asks (admission.k8s.io/v1), without what no rule needs. A null field is an absent one. */
export interface AdmissionRequest {
  /** Of the request, not of the object. */
  readonly uid: string;
  readonly kind: GroupVersionKind;
  readonly resource: GroupVersionResource;
  readonly subResource?: string | undefined;
  readonly operation: Operation;
  readonly namespace?: string | undefined;
  /** Absent when the API server is to make one from generateName. */
  readonly name?: string | undefined;
  readonly userInfo: UserInfo;
  readonly object?: unknown;
  readonly oldObject?: unknown;
  readonly dryRun?: boolean | undefined;
}

export interface Cause {
  /** Of metav1.CauseType, such as FieldValueInvalid. */
  readonly reason: string;
  /** Path, such as spec.targets.count. */
  readonly field: string;
  readonly message: string;
}

export interface Verdict {
  readonly allowed: boolean;
  /** HTTP status of the refusal, 400 to 599; default 422 for reason Invalid, else 403. */
  readonly code?: number | undefined;
  /** Of metav1.StatusReason; default Forbidden. */
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  /** With reason Invalid, kubectl prints these instead of the message: each must speak for itself. */
  readonly causes?: readonly Cause[] | undefined;
  /** Shown by kubectl, also when the request is allowed. */
  readonly warnings?: readonly string[] | undefined;
  /** Keys are simple names, as the webhook's name and a slash come before them. */
  readonly auditAnnotations?: Readonly<Record<string, string>> | undefined;
}

/**
 * Decides about one request. The signal ends when the answer would come too late. What it throws becomes a failure, which
 * refuses the request.
 */
export type Judge = (request: AdmissionRequest, signal: AbortSignal) => Promise<Verdict>;

const apiVersion = 'admission.k8s.io/v1';
const kind = 'AdmissionReview';
/** The API server's are UUIDs. It comes back in the answer, so its length is limited. */
const maxUidLength = 128;

/** Throws a ReviewFailure of reason BadRequest that names the first field that is wrong, and what would pass. */
export function parseReview(value: unknown): AdmissionRequest {
  const review = record(value, 'body');
  oneOf([kind], review['kind'], 'kind');
  oneOf([apiVersion], review['apiVersion'], 'apiVersion');
  const request = record(review['request'], 'request');
  const at = <T>(read: (value: unknown, path: string) => T, name: string) =>
    read(request[name], `request.${name}`);
  return {
    uid: at(uid, 'uid'),
    kind: at(groupVersionKind, 'kind'),
    resource: at(groupVersionResource, 'resource'),
    subResource: at(optional(string), 'subResource'),
    operation: at((one, path) => oneOf(operations, one, path), 'operation'),
    namespace: at(optional(string), 'namespace'),
    name: at(optional(string), 'name'),
    userInfo: at(userInfo, 'userInfo'),
    object: request['object'] ?? undefined,
    oldObject: request['oldObject'] ?? undefined,
    dryRun: at(optional(boolean), 'dryRun'),
  };
}

type Read<T> = (value: unknown, path: string) => T;

function uid(value: unknown, path: string): string {
  const text = string(value, path);
  if (text.length >= 1 && text.length <= maxUidLength) return text;
  throw wrong(path, value, `a string of 1 to ${maxUidLength} characters`);
}

function groupVersionKind(value: unknown, path: string): GroupVersionKind {
  const { group, version, kind: name } = record(value, path);
  return {
    group: string(group, `${path}.group`),
    version: string(version, `${path}.version`),
    kind: string(name, `${path}.kind`),
  };
}

function groupVersionResource(value: unknown, path: string): GroupVersionResource {
  const { group, version, resource } = record(value, path);
  return {
    group: string(group, `${path}.group`),
    version: string(version, `${path}.version`),
    resource: string(resource, `${path}.resource`),
  };
}

function userInfo(value: unknown, path: string): UserInfo {
  const user = record(value, path);
  const username = string(user['username'], `${path}.username`);
  if (username === '') throw wrong(`${path}.username`, username, 'the name of who asks');
  return {
    username,
    uid: optional(string)(user['uid'], `${path}.uid`),
    groups: optional(strings)(user['groups'], `${path}.groups`),
    extra: optional(stringLists)(user['extra'], `${path}.extra`),
  };
}

function record(value: unknown, path: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw wrong(path, value, path === 'body' ? `an ${kind} of ${apiVersion}` : 'an object');
}

function string(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  throw wrong(path, value, 'a string');
}

function boolean(value: unknown, path: string): boolean {
  if (typeof value === 'boolean') return value;
  throw wrong(path, value, 'true or false');
}

// Paths are made for what is wrong only: a review of 7 MiB may list a million strings.
function strings(value: unknown, path: string): readonly string[] {
  if (!Array.isArray(value)) throw wrong(path, value, 'an array of strings');
  const index = value.findIndex((one) => typeof one !== 'string');
  if (index >= 0) throw wrong(`${path}[${index}]`, value[index], 'a string');
  return value;
}

function stringLists(value: unknown, path: string): Readonly<Record<string, readonly string[]>> {
  const lists = record(value, path);
  const isList = (list: unknown) =>
    Array.isArray(list) && list.every((one) => typeof one === 'string');
  const bad = Object.keys(lists).find((key) => !isList(lists[key]));
  if (bad !== undefined) strings(lists[bad], `${path}[${quoted(bad)}]`);
  return lists as Record<string, readonly string[]>;
}

function optional<T>(read: Read<T>): Read<T | undefined> {
  return (value, path) => (value === undefined || value === null ? undefined : read(value, path));
}

function oneOf<T extends string>(values: readonly T[], value: unknown, path: string): T {
  const found = values.find((one) => one === value);
  if (found !== undefined) return found;
  throw wrong(path, value, values.join(', '));
}

function wrong(path: string, value: unknown, mustBe: string): ReviewFailure {
  const message = `${path}: is ${described(value)}, must be ${mustBe}`;
  return new ReviewFailure('BadRequest', message);
}

function described(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return value === null ? 'null' : 'an object';
}

function quoted(text: string): string {
  return JSON.stringify(clip(text, 64));
}
